// Attributes of what a File holds.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "file_state.hpp"

namespace kamacite::io {
namespace {

/// Whether what is open belongs to a group that H5MD defines.
bool is_of_h5md(hid_t owner) {
    std::array<char, 16> start{};
    h5::check(H5Iget_name(owner, start.data(), start.size()), "find the name of an array or group");
    std::string_view const name{start.data()};
    return name == "/h5md" || name.starts_with("/h5md/") || name.starts_with("/particles/");
}

}  // namespace

void put_attribute(hid_t owner, std::string const& key, hid_t type, void const* value,
                   hid_t space) {
    h5::Space const scalar{h5::check(H5Screate(H5S_SCALAR), "make a scalar")};
    if (space < 0) space = scalar.get();
    if (H5Aexists(owner, key.c_str()) > 0)
        h5::check(H5Adelete(owner, key.c_str()), fmt::format("replace attribute '{}'", key));
    h5::Attribute const attribute{
        h5::check(H5Acreate2(owner, key.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                  fmt::format("create attribute '{}'", key))};
    h5::check(H5Awrite(attribute.get(), type, value), fmt::format("write attribute '{}'", key));
}

void put_texts(hid_t owner, std::string const& key, std::span<std::string const> values,
               hid_t space) {
    if (is_of_h5md(owner)) {
        std::vector<char const*> texts;
        for (auto const& text : values) texts.push_back(text.c_str());
        put_attribute(owner, key, h5::text_type(H5T_VARIABLE).get(), texts.data(), space);
        return;
    }
    std::size_t width = 1;
    for (auto const& text : values) width = std::max(width, text.size());
    std::string bytes;
    for (auto const& text : values) bytes += text + std::string(width - text.size(), '\0');
    put_attribute(owner, key, h5::text_type(width).get(), bytes.c_str(), space);
}

void put_about(hid_t dataset, About const& about) {
    if (!about.unit.empty()) put_texts(dataset, "unit", std::span{&about.unit, 1});
    put_texts(dataset, "description", std::span{&about.description, 1});
}

void File::State::with_object(std::string const& owner, std::size_t bytes,
                              std::function<void(hid_t)> const& put) {
    constexpr long long header = 1024;
    // Large attributes lie in a heap that grows by doubling.
    reserve(2 * static_cast<long long>(bytes) + header);
    attempt([&] {
        h5::Object const object{h5::check(H5Oopen(file.get(), owner.c_str(), H5P_DEFAULT),
                                          fmt::format("open '{}'", owner))};
        put(object.get());
    });
}

void File::State::set_attribute(std::string const& owner, std::string const& key, hid_t type,
                                std::size_t bytes, void const* value, hid_t space) {
    with_object(owner, bytes,
                [&](hid_t object) { put_attribute(object, key, type, value, space); });
}

void File::State::set_texts(std::string const& owner, std::string const& key,
                            std::span<std::string const> values, hid_t space) {
    constexpr std::size_t heap = 4096;  // the least that texts of variable length lie in
    std::size_t longest = 0;
    for (auto const& text : values) longest = std::max(longest, text.size());
    with_object(owner, heap + longest * values.size(),
                [&](hid_t object) { put_texts(object, key, values, space); });
}

void File::set_attribute(std::string const& owner, std::string const& key,
                         std::string const& value) {
    state_->set_texts(owner, key, std::span{&value, 1});
}

void File::set_attribute(std::string const& owner, std::string const& key, double value) {
    state_->set_attribute(owner, key, H5T_NATIVE_DOUBLE, sizeof value, &value);
}

void File::set_attribute(std::string const& owner, std::string const& key, long long value) {
    state_->set_attribute(owner, key, H5T_NATIVE_LLONG, sizeof value, &value);
}

void File::set_attribute(std::string const& owner, std::string const& key,
                         std::vector<int> const& values) {
    KAMACITE_EXPECTS(!values.empty());
    hsize_t const n = values.size();
    h5::Space const space{h5::check(H5Screate_simple(1, &n, nullptr), "shape a list")};
    state_->set_attribute(owner, key, H5T_NATIVE_INT32, values.size() * sizeof(int), values.data(),
                          space.get());
}

void File::set_attribute(std::string const& owner, std::string const& key,
                         std::vector<std::string> const& values) {
    KAMACITE_EXPECTS(!values.empty());
    hsize_t const n = values.size();
    h5::Space const space{h5::check(H5Screate_simple(1, &n, nullptr), "shape a list")};
    state_->set_texts(owner, key, values, space.get());
}

}  // namespace kamacite::io
