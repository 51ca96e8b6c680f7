#include "kamacite/inference/growing_file.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "kamacite_growing_file";
    Folder() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directory(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] int files() const {
        int n = 0;
        for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator{path}) ++n;
        return n;
    }
};

}  // namespace

TEST_CASE("a growing file has its name only when it is committed", "[inference]") {
    Folder const folder;
    auto const path = folder.path / "out.xyz";
    {
        inference::GrowingFile file{path};
        file.append("one\n");
        CHECK_FALSE(std::filesystem::exists(path));
        file.append("two\n");
        file.commit();
    }
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    CHECK(text.str() == "one\ntwo\n");
    CHECK(folder.files() == 1);
}

TEST_CASE("a growing file that is not committed is gone, and the old one stays", "[inference]") {
    Folder const folder;
    auto const path = folder.path / "out.xyz";
    std::ofstream{path} << "old";
    { inference::GrowingFile{path}.append("half"); }
    CHECK(folder.files() == 1);
    std::string text;
    std::ifstream{path} >> text;
    CHECK(text == "old");
}

TEST_CASE("a growing file in no directory is refused", "[inference]") {
    CHECK_THROWS_AS(inference::GrowingFile{"/nonexistent/out.xyz"}, SystemError);
}
