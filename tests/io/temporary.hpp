#pragma once
#include <filesystem>
#include <random>
#include <string>

#include "support/world.hpp"

namespace kamacite::test {

/// A new directory, the same on all ranks, removed at the end. Collective.
class TemporaryDirectory {
public:
    explicit TemporaryDirectory(std::string const& name) {
        std::string text;
        if (world().is_root()) {
            text = std::filesystem::temp_directory_path() /
                   ("kamacite-" + name + "-" + std::to_string(std::random_device{}()));
            std::filesystem::create_directories(text);
        }
        world().broadcast(text);
        path_ = text;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        world().barrier();
        if (world().is_root()) std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(std::string const& name) const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

}  // namespace kamacite::test
