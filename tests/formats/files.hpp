#pragma once
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

namespace kamacite::test {

/// A file that the test ships.
inline std::filesystem::path data_file(std::string const& name) {
    return std::filesystem::path{KAMACITE_SOURCE_DIR} / "tests/formats/data" / name;
}

/// An empty folder that is removed at the end.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "kamacite-XXXXXX").string();
        if (!mkdtemp(name.data())) throw SystemError("cannot make a temporary folder");
        path_ = name;
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::filesystem::path const& path() const { return path_; }
    [[nodiscard]] std::filesystem::path file(std::string const& name,
                                             std::string const& text) const {
        std::ofstream{path_ / name, std::ios::binary} << text;
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

inline std::string text_of(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The message of the DataError that `work` throws; "nothing was thrown" if none.
inline std::string complaint_of(std::function<void()> const& work) {
    try {
        work();
    } catch (DataError const& e) {
        return e.what();
    }
    return "nothing was thrown";
}

inline void check_complaint(std::function<void()> const& work, std::string const& place,
                            std::string const& reason) {
    auto const message = complaint_of(work);
    CAPTURE(message, place, reason);
    CHECK(message.find(place) != std::string::npos);
    CHECK(message.find(reason) != std::string::npos);
}

}  // namespace kamacite::test
