#include "kamacite/io/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "h5.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::io {

struct Reader::State {
    h5::ReadFile file;
    /// Arrays that were asked for stay open: to open one takes longer than to read a row of it.
    std::map<std::string, h5::ReadDataset> arrays{};
    std::map<std::string, bool> there{};  ///< what has() was asked for
};

namespace {

constexpr std::size_t kept_of_an_array = 1 << 18;  // bytes of chunks that stay decoded

constexpr char const* remedy =
    "the file is damaged; restore a copy, or delete it and make it again";

[[noreturn]] void damaged(std::filesystem::path const& path, std::string const& what) {
    throw DataError(
        fmt::format("{}: cannot {} ({}): {}", path.string(), what, h5::reason(), remedy));
}

hid_t need(hid_t id, std::filesystem::path const& path, std::string const& what) {
    if (id < 0) damaged(path, what);
    return id;
}

bool exists(hid_t file, std::string const& name) {
    for (std::size_t slash = name.find('/', 1); slash != std::string::npos;
         slash = name.find('/', slash + 1))
        if (H5Lexists(file, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    return H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0;
}

/// An array, which is opened if it is not open yet.
hid_t array_of(Reader::State& state, std::filesystem::path const& path, std::string const& name) {
    if (auto const found = state.arrays.find(name); found != state.arrays.end())
        return found->second.get();
    hid_t const file = state.file.get();
    if (!exists(file, name))
        throw DataError(
            fmt::format("{}: there is no array '{}' in it (not a file of the expected "
                        "kind, or damaged): see what it holds with 'kamacite info'",
                        path.string(), name));
    auto const what = fmt::format("open array '{}'", name);
    h5::Property const access{need(H5Pcreate(H5P_DATASET_ACCESS), path, what)};
    h5::check(H5Pset_chunk_cache(access.get(), 101, kept_of_an_array, 1.0), "set a chunk cache");
    return state.arrays.emplace(name, need(H5Dopen2(file, name.c_str(), access.get()), path, what))
        .first->second.get();
}

std::vector<long long> shape_of(hid_t dataset, std::filesystem::path const& path) {
    h5::Space const space{need(H5Dget_space(dataset), path, "read a shape")};
    int const rank = H5Sget_simple_extent_ndims(space.get());
    std::vector<hsize_t> size(static_cast<std::size_t>(std::max(rank, 0)));
    if (rank < 0 || H5Sget_simple_extent_dims(space.get(), size.data(), nullptr) < 0)
        damaged(path, "read a shape");
    return {size.begin(), size.end()};
}

/// Reads rows of `dataset` into `out`; `shape` is that of the whole array.
void read_slab(hid_t dataset, hid_t type, std::vector<long long> const& shape, mpi::Range rows,
               void* out, std::filesystem::path const& path, std::string const& name) {
    if (rows.size() == 0) return;
    std::vector<hsize_t> start(shape.size(), 0);
    std::vector<hsize_t> count(shape.begin(), shape.end());
    start[0] = static_cast<hsize_t>(rows.begin);
    count[0] = static_cast<hsize_t>(rows.size());
    auto const what = fmt::format("read array '{}'", name);
    h5::Space const global{need(H5Dget_space(dataset), path, what)};
    h5::Space const local{
        need(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), path, what)};
    need(H5Sselect_hyperslab(global.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                             nullptr),
         path, what);
    need(H5Dread(dataset, type, local.get(), global.get(), H5P_DEFAULT, out), path, what);
}

long long product_after_first(std::vector<long long> const& shape) {
    long long product = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) product *= shape[i];
    return product;
}

void check_rows(std::vector<long long> const& shape, mpi::Range rows,
                std::filesystem::path const& path, std::string const& name) {
    if (shape.empty() || rows.begin < 0 || rows.end < rows.begin || rows.end > shape[0])
        throw DataError(
            fmt::format("{}: rows {} to {} of array '{}' are wanted (it has {}): the parts of the "
                        "file do not fit "
                        "together; make it again",
                        path.string(), rows.begin, rows.end, name, shape.empty() ? 0 : shape[0]));
}

/// Values of an attribute as texts: one, or those of a list.
std::vector<std::string> texts_of(hid_t attribute, std::filesystem::path const& path) {
    auto const* const what = "read an attribute";
    h5::Type const type{need(H5Aget_type(attribute), path, what)};
    h5::Space const space{need(H5Aget_space(attribute), path, what)};
    auto const n = static_cast<std::size_t>(
        std::max<hssize_t>(need(H5Sget_simple_extent_npoints(space.get()), path, what), 0));
    std::vector<std::string> values;
    auto const numbers = [&]<class T>(T zero) {
        std::vector<T> read(n, zero);
        need(H5Aread(attribute, h5::native_type<T>(), read.data()), path, what);
        for (auto const value : read) values.push_back(fmt::format("{}", value));
    };
    if (H5Tget_class(type.get()) == H5T_INTEGER) {
        numbers(0LL);
    } else if (H5Tget_class(type.get()) != H5T_STRING) {
        numbers(0.0);
    } else if (H5Tis_variable_str(type.get()) > 0) {
        auto const memory = h5::text_type(H5T_VARIABLE);
        need(H5Tset_cset(memory.get(), H5Tget_cset(type.get())), path, what);  // none is converted
        std::vector<char*> texts(n, nullptr);
        need(H5Aread(attribute, memory.get(), texts.data()), path, what);
        for (auto const* text : texts) values.emplace_back(text == nullptr ? "" : text);
        need(H5Dvlen_reclaim(memory.get(), space.get(), H5P_DEFAULT, texts.data()), path, what);
    } else {
        auto const width = H5Tget_size(type.get());
        std::string bytes(width * n, '\0');
        need(H5Aread(attribute, type.get(), bytes.data()), path, what);
        for (std::size_t i = 0; i < n; ++i) {
            auto const text = bytes.substr(i * width, width);
            values.push_back(text.substr(0, text.find('\0')));
        }
    }
    return values;
}

std::string render(hid_t attribute, std::filesystem::path const& path) {
    return fmt::format("{}", fmt::join(texts_of(attribute, path), ", "));
}

h5::Object open_object(hid_t file, std::filesystem::path const& path, std::string const& owner) {
    return h5::Object{
        need(H5Oopen(file, owner.c_str(), H5P_DEFAULT), path, fmt::format("open '{}'", owner))};
}

h5::Attribute open_attribute(hid_t object, std::filesystem::path const& path,
                             std::string const& owner, std::string const& key) {
    if (H5Aexists(object, key.c_str()) <= 0)
        throw DataError(
            fmt::format("{}: '{}' has no attribute '{}' (not a file of the expected kind, "
                        "or damaged): see what it holds with 'kamacite info'",
                        path.string(), owner, key));
    return h5::Attribute{need(H5Aopen(object, key.c_str(), H5P_DEFAULT), path,
                              fmt::format("open attribute '{}'", key))};
}

std::string type_name(hid_t dataset) {
    h5::Type const type{H5Dget_type(dataset)};
    auto const bits = 8 * H5Tget_size(type.get());
    switch (H5Tget_class(type.get())) {
        case H5T_FLOAT:
            return fmt::format("float{}", bits);
        case H5T_INTEGER:
            return fmt::format("{}int{}", H5Tget_sign(type.get()) == H5T_SGN_NONE ? "u" : "", bits);
        case H5T_STRING:
            return "text";
        default:
            return "other";
    }
}

}  // namespace

Reader::Reader(std::filesystem::path path) : path_{std::move(path)} {
    h5::be_quiet();
    std::error_code error;
    if (!std::filesystem::exists(path_, error))
        throw MissingError(fmt::format("{}: there is no such file ({}): check the name",
                                       path_.string(), std::strerror(ENOENT)));
    if (!std::filesystem::is_regular_file(path_, error))
        throw DataError(
            fmt::format("{}: this is not a file: name the HDF5 file itself", path_.string()));
    if (!std::ifstream{path_})
        throw MissingError(fmt::format("{}: the file cannot be read ({}): check its permissions",
                                       path_.string(), std::strerror(errno)));
    if (H5Fis_hdf5(path_.c_str()) <= 0)
        throw DataError(
            fmt::format("{}: this is not an HDF5 file (or its beginning is destroyed): check "
                        "the name; if it was one, restore a copy or make it again",
                        path_.string()));
    auto const access = h5::file_access();
    h5::ReadFile file{H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.get())};
    if (!file) damaged(path_, "open it");
    state_ = std::make_unique<State>(State{std::move(file)});
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

bool Reader::has(std::string const& name) const {
    auto const [known, is_new] = state_->there.try_emplace(name, false);
    if (is_new) known->second = exists(state_->file.get(), name);
    return known->second;
}

std::vector<long long> Reader::shape(std::string const& name) const {
    return shape_of(array_of(*state_, path_, name), path_);
}

long long Reader::rows(std::string const& name) const {
    if (has(name + "/offset")) return rows(name + "/offset") - 1;  // a pool of texts
    auto const size = shape(name);
    return size.empty() ? 1 : size[0];
}

long long Reader::columns(std::string const& name) const {
    return product_after_first(shape(name));
}

template <Element T>
std::vector<T> Reader::read(std::string const& name, mpi::Range rows) const {
    auto const dataset = array_of(*state_, path_, name);
    auto const size = shape_of(dataset, path_);
    check_rows(size, rows, path_, name);
    std::vector<T> values(static_cast<std::size_t>(rows.size() * product_after_first(size)));
    read_slab(dataset, h5::native_type<T>(), size, rows, values.data(), path_, name);
    return values;
}

Matrix Reader::read_matrix(std::string const& name, mpi::Range rows) const {
    auto const dataset = array_of(*state_, path_, name);
    auto const size = shape_of(dataset, path_);
    check_rows(size, rows, path_, name);
    Matrix values(rows.size(), product_after_first(size));
    read_slab(dataset, H5T_NATIVE_DOUBLE, size, rows, values.data(), path_, name);
    return values;
}

std::vector<std::string> Reader::read_texts(std::string const& name, mpi::Range rows) const {
    std::vector<std::string> texts;
    if (has(name + "/offset")) {
        if (rows.size() == 0) return texts;
        auto const offset = read<long long>(name + "/offset", {rows.begin, rows.end + 1});
        auto const bytes = read<std::uint8_t>(name + "/text", {offset.front(), offset.back()});
        for (std::size_t i = 0; i + 1 < offset.size(); ++i)
            texts.emplace_back(bytes.begin() + (offset[i] - offset[0]),
                               bytes.begin() + (offset[i + 1] - offset[0]));
        return texts;
    }
    auto const dataset = array_of(*state_, path_, name);
    auto const size = shape_of(dataset, path_);
    check_rows(size, rows, path_, name);
    h5::Type const stored{need(H5Dget_type(dataset), path_, "read a type")};
    if (H5Tget_class(stored.get()) != H5T_STRING || H5Tis_variable_str(stored.get()) > 0)
        throw DataError(
            fmt::format("{}: array '{}' does not hold texts of fixed length: make the file "
                        "again",
                        path_.string(), name));
    auto const width = H5Tget_size(stored.get());
    std::string bytes(static_cast<std::size_t>(rows.size()) * width, '\0');
    read_slab(dataset, stored.get(), size, rows, bytes.data(), path_, name);
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows.size()); ++i) {
        auto const padded = bytes.substr(i * width, width);
        texts.push_back(padded.substr(0, padded.find('\0')));
    }
    return texts;
}

std::map<std::string, std::string> Reader::attributes(std::string const& owner) const {
    std::map<std::string, std::string> result;
    auto const object = open_object(state_->file.get(), path_, owner);
    std::vector<std::string> keys;
    need(H5Aiterate2(
             object.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
             [](hid_t, char const* key, H5A_info_t const*, void* out) -> herr_t {
                 static_cast<std::vector<std::string>*>(out)->emplace_back(key);
                 return 0;
             },
             &keys),
         path_, "list attributes");
    for (auto const& key : keys)
        result[key] = render(open_attribute(object.get(), path_, owner, key).get(), path_);
    return result;
}

bool Reader::has_attribute(std::string const& owner, std::string const& key) const {
    auto const object = open_object(state_->file.get(), path_, owner);
    return H5Aexists(object.get(), key.c_str()) > 0;
}

std::string Reader::text(std::string const& owner, std::string const& key) const {
    auto const object = open_object(state_->file.get(), path_, owner);
    return render(open_attribute(object.get(), path_, owner, key).get(), path_);
}

double Reader::number(std::string const& owner, std::string const& key) const {
    auto const object = open_object(state_->file.get(), path_, owner);
    auto const attribute = open_attribute(object.get(), path_, owner, key);
    double value = 0.0;
    need(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), path_,
         fmt::format("read attribute '{}' as a number", key));
    return value;
}

long long Reader::integer(std::string const& owner, std::string const& key) const {
    auto const object = open_object(state_->file.get(), path_, owner);
    auto const attribute = open_attribute(object.get(), path_, owner, key);
    long long value = 0;
    need(H5Aread(attribute.get(), H5T_NATIVE_LLONG, &value), path_,
         fmt::format("read attribute '{}' as a number", key));
    return value;
}

std::vector<std::string> Reader::names(std::string const& group) const {
    std::vector<std::string> found;
    if (!has(group)) return found;
    need(H5Literate_by_name(
             state_->file.get(), group.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
             [](hid_t, char const* name, H5L_info_t const*, void* out) -> herr_t {
                 static_cast<std::vector<std::string>*>(out)->emplace_back(name);
                 return 0;
             },
             &found, H5P_DEFAULT),
         path_, fmt::format("list group '{}'", group));
    return found;
}

std::vector<Array> Reader::arrays() const {
    std::vector<std::string> names;
    need(H5Ovisit2(
             state_->file.get(), H5_INDEX_NAME, H5_ITER_INC,
             [](hid_t, char const* name, H5O_info_t const* info, void* out) -> herr_t {
                 if (info->type == H5O_TYPE_DATASET)
                     static_cast<std::vector<std::string>*>(out)->emplace_back(name);
                 return 0;
             },
             &names, H5O_INFO_BASIC),
         path_, "list its arrays");
    std::vector<Array> result;
    for (auto const& name : names) {
        auto const dataset = array_of(*state_, path_, name);
        auto about = attributes(name);
        result.push_back({name, shape_of(dataset, path_), type_name(dataset), about["unit"],
                          about["description"]});
    }
    return result;
}

#define KAMACITE_FOR_ELEMENT(T) \
    template std::vector<T> Reader::read<T>(std::string const&, mpi::Range) const
KAMACITE_FOR_ELEMENT(double);
KAMACITE_FOR_ELEMENT(int);
KAMACITE_FOR_ELEMENT(long long);
KAMACITE_FOR_ELEMENT(std::uint8_t);
KAMACITE_FOR_ELEMENT(std::uint64_t);
#undef KAMACITE_FOR_ELEMENT

}  // namespace kamacite::io
