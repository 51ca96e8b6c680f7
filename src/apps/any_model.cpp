#include "any_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"
#include "shipped_models.hpp"

namespace kamacite::apps {
namespace {

/// Beginning of a file that is text, empty if it is something else: models of kamacite, which are
/// HDF5, have zeros in their first bytes.
std::string beginning_of_text(std::filesystem::path const& path) {
    constexpr std::streamsize most = 64 << 10;
    std::error_code none;
    if (!std::filesystem::is_regular_file(path, none)) return {};
    std::ifstream file{path, std::ios::binary};
    std::string text(static_cast<std::size_t>(most), ' ');
    file.read(text.data(), most);
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text.find('\0') == std::string::npos ? text : std::string{};
}

/// \throws DataError that says why a text is no embedded-atom file
void complain_of(std::filesystem::path const& path, std::string const& beginning) {
    try {
        (void)parse_eam(beginning, path.string());
    } catch (DataError const& e) {
        throw DataError(
            fmt::format("{}: this is text, so no model of kamacite, and no embedded-atom file "
                        "(setfl) either: {}",
                        path.string(), e.what()));
    }
}

}  // namespace

AnyModel::AnyModel(Loaded trained)
    : trained_{std::move(trained)},
      parents_{trained_->parents},
      abilities_{abilities_of(trained_->committee)} {}

AnyModel::AnyModel(EmbeddedAtom potential, std::string name, std::vector<std::string> parents)
    : embedded_{std::move(potential)}, name_{std::move(name)}, parents_{std::move(parents)} {
    abilities_.energy = true;
}

double AnyModel::cutoff() const {
    return trained_ ? trained_->committee.cutoff() : embedded_->cutoff();
}

std::vector<Potential const*> AnyModel::members() const {
    if (embedded_) return {&*embedded_};
    std::vector<Potential const*> members;
    for (auto const& member : trained_->committee.members()) members.push_back(&member);
    return members;
}

Calibration AnyModel::calibration() const {
    return trained_ ? trained_->committee.calibration() : Calibration{};
}

bool AnyModel::has_grade() const {
    return trained_ && !trained_->committee.members().front().grade().empty();
}

bool AnyModel::has_directions() const {
    return trained_ && trained_->committee.has_directions();
}

double AnyModel::least_moment() const {
    return trained_ ? trained_->committee.least_moment() : 0.0;
}

void AnyModel::expect_element(int atomic_number) const {
    if (trained_) {
        (void)trained_->committee.element_index(atomic_number);
        return;
    }
    auto const& known = embedded_->elements();
    if (std::find(known.begin(), known.end(), atomic_number) != known.end()) return;
    std::vector<std::string_view> symbols;
    for (int const z : known) symbols.push_back(symbol_of(z));
    throw DataError(fmt::format(
        "{}: the embedded-atom potential knows {} only, not {}: take one with this element", name_,
        fmt::join(symbols, ", "), symbol_of(atomic_number)));
}

std::vector<inference::Answer> AnyModel::answers_of(std::span<Record const> records) const {
    return trained_ ? inference::answers_of(trained_->committee, records)
                    : inference::answers_of(*embedded_, records);
}

std::string embedded_atom_text(mpi::Communicator const& comm, std::filesystem::path const& path) {
    std::string text;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        auto const beginning = beginning_of_text(path);
        if (beginning.empty()) return;
        if (!looks_like_eam(beginning)) complain_of(path, beginning);
        std::ifstream file{path, std::ios::binary};
        text.assign(std::istreambuf_iterator<char>{file}, {});
    });
    comm.broadcast(text);
    return text;
}

AnyModel load_any(Context& context, ModelOptions const& options) {
    auto const& comm = context.comm;
    auto const path = resolved_model(options.path);
    auto const text = embedded_atom_text(comm, path);
    if (text.empty()) return AnyModel{load(context, options)};
    std::optional<EmbeddedAtom> potential;
    mpi::all_or_none(comm, [&] { potential.emplace(parse_eam(text, path.string())); });
    if (options.length_unit != "angstrom" || options.energy_unit != "eV" ||
        options.precision != "double")
        context.log.warn(
            "{}: --length-unit, --energy-unit and --precision have no effect on an embedded-atom "
            "file, which is in Å and eV and computed in double precision",
            path.string());
    return {std::move(*potential), path.string(), {io::parent(path, comm)}};
}

}  // namespace kamacite::apps
