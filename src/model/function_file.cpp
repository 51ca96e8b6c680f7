#include "kamacite/model/function_file.hpp"

#include "kamacite/descriptors/rows.hpp"

namespace kamacite {
namespace {

template <class F>
void write_kind(io::File& file, std::string const& group, std::vector<F> const& functions) {
    auto const columns = static_cast<Eigen::Index>(Rows<F>::row_of(F{}).size());
    Matrix rows(file.comm().is_root() ? std::ssize(functions) : 0, columns);
    for (Eigen::Index k = 0; k < rows.rows(); ++k) {
        auto const row = Rows<F>::row_of(functions[static_cast<std::size_t>(k)]);
        std::copy(row.begin(), row.end(), rows.row(k).data());
    }
    file.write_rows(group + "/" + Rows<F>::name, rows, {"mixed", Rows<F>::columns});
}

template <class F>
void read_kind(io::File const& file, std::string const& group, std::vector<F>& functions) {
    auto const name = group + "/" + Rows<F>::name;
    if (!file.has(name)) return;
    auto const rows = file.read_all_matrix(name);
    for (Eigen::Index k = 0; k < rows.rows(); ++k)
        functions.push_back(
            Rows<F>::function_of({rows.row(k).data(), static_cast<std::size_t>(rows.cols())}));
}

}  // namespace

void write_functions(io::File& file, std::string const& group, FunctionSet const& functions) {
    functions.for_each_kind([&](auto const& kind) { write_kind(file, group, kind); });
}

FunctionSet read_functions(io::File const& file, std::string const& group) {
    FunctionSet functions;
    functions.for_each_kind([&](auto& kind) { read_kind(file, group, kind); });
    return functions;
}

}  // namespace kamacite
