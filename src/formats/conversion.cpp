#include "kamacite/formats/conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <initializer_list>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/frame_lines.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

using Names = std::initializer_list<std::string_view>;

constexpr std::array<std::string_view, 4> known_properties{
    "temperature", "thermal_conductivity", "electrical_resistivity", "magnetic_moment"};
constexpr std::string_view property_prefix = "property_";  // of the others, as keys

/// Whether `key` is prefix + name, in upper or lower case.
bool is_called(std::string_view key, std::string_view prefix, std::string_view name) {
    if (key.size() != prefix.size() + name.size()) return false;
    auto const same = [](char wanted, char c) {
        return std::tolower(static_cast<unsigned char>(c)) == wanted;
    };
    return std::equal(prefix.begin(), prefix.end(), key.begin(), same) &&
           std::equal(name.begin(), name.end(),
                      key.begin() + static_cast<std::ptrdiff_t>(prefix.size()), same);
}

/// The first entry called REF_<name>, dft_<name> or <name>, in upper or lower case; `key_of` tells
/// the name of an entry and `fits` which entries count.
template <class Entries, class KeyOf, class Fits>
auto const* preferred(Entries const& entries, Names names, KeyOf key_of, Fits fits) {
    using Entry = typename Entries::value_type;
    for (std::string_view const prefix : {"ref_", "dft_", ""})
        for (auto const name : names)
            for (Entry const& entry : entries)
                if (fits(entry) && is_called(key_of(entry), prefix, name)) return &entry;
    return static_cast<Entry const*>(nullptr);
}

std::pair<std::string, Value> const* key_of(Frame const& frame, Names names) {
    auto const* const found = preferred(
        frame.info, names, [](auto const& i) { return std::string_view{i.first}; },
        [](auto const&) { return true; });
    if (found)
        for (auto const& other : frame.info)
            if (lower(other.first) == lower(found->first) &&
                other.second.text != found->second.text)
                refuse(frame.place, fmt::format("{}={} and {}={} contradict each other: remove one",
                                                found->first, found->second.text, other.first,
                                                other.second.text));
    return found;
}

Column const* real_column(Frame const& frame, Names names) {
    return preferred(
        frame.columns, names, [](Column const& c) { return std::string_view{c.name}; },
        [](Column const& c) { return c.type() == 'R' || c.type() == 'I'; });
}

std::vector<double> reals_of(Column const& column) {
    if (auto const* r = std::get_if<std::vector<double>>(&column.values)) return *r;
    auto const& integers = std::get<std::vector<long long>>(column.values);
    return {integers.begin(), integers.end()};
}

std::vector<Vec3> vectors_of(Frame const& frame, Column const& column) {
    if (column.width != 3)
        refuse(frame.place, fmt::format("column '{}' has width {} (must be 3: x, y, z)",
                                        column.name, column.width));
    auto const flat = reals_of(column);
    std::vector<Vec3> vectors(flat.size() / 3);
    for (std::size_t i = 0; i < vectors.size(); ++i)
        vectors[i] = Vec3(flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]);
    return vectors;
}

std::vector<int> species_of(Frame const& frame) {
    std::vector<int> species;
    species.reserve(static_cast<std::size_t>(frame.atoms));
    auto const* column = frame.find_column("species");
    for (auto const* const name : {"Z", "numbers", "symbols", "element"})
        if (!column) column = frame.find_column(name);
    if (!column)
        refuse(frame.place,
               "no column says which element an atom is: add species:S:1 to Properties");
    if (auto const* symbols = std::get_if<std::vector<std::string>>(&column->values)) {
        for (std::size_t i = 0; i < symbols->size(); ++i) try {
                bool const repeats = i > 0 && (*symbols)[i] == (*symbols)[i - 1];
                species.push_back(repeats ? species.back() : atomic_number_of((*symbols)[i]));
            } catch (DataError const& e) {
                refuse({frame.place.file, frame.place.frame,
                        frame.place.line + 2 + static_cast<long long>(i)},
                       e.what());
            }
    } else if (auto const* numbers = std::get_if<std::vector<long long>>(&column->values)) {
        for (auto const z : *numbers) {
            if (z < 1 || z > 118)
                refuse(frame.place,
                       fmt::format("atomic number {} (must be in 1 … 118): correct the column", z));
            species.push_back(static_cast<int>(z));
        }
    } else {
        refuse(frame.place, fmt::format("column '{}' has type {} (must be S, symbols, or I, atomic "
                                        "numbers)",
                                        column->name, column->type()));
    }
    return species;
}

std::optional<std::array<bool, 3>> periodicity_of(Frame const& frame) {
    auto const* pbc = frame.find("pbc");
    if (!pbc) return std::nullopt;
    auto const values = pbc->logicals();
    if (values && values->size() == 1)
        return std::array{values->front(), values->front(), values->front()};
    if (!values || values->size() != 3)
        refuse(frame.place, fmt::format("pbc=\"{}\" (must be three of T and F)", pbc->text));
    return std::array{bool{(*values)[0]}, bool{(*values)[1]}, bool{(*values)[2]}};
}

/// Lattice vectors that are zero along a direction without periodicity (ASE writes such slabs and
/// wires) get a direction of their own; their length has no meaning.
Mat3 completed(Mat3 rows, std::array<bool, 3> const& periodic) {
    for (int i = 0; i < 3; ++i) {
        if (periodic[static_cast<std::size_t>(i)] || rows.row(i).norm() > 0.0) continue;
        Vec3 const p = rows.row((i + 1) % 3).transpose();
        Vec3 const q = rows.row((i + 2) % 3).transpose();
        Vec3 normal = p.cross(q);
        if (normal.norm() == 0.0)
            normal = p.norm() > 0.0   ? p.unitOrthogonal()
                     : q.norm() > 0.0 ? q.unitOrthogonal()
                                      : Vec3::Unit(i);
        rows.row(i) = normal.normalized().transpose();
    }
    return rows;
}

Cell cell_of(Frame const& frame, std::span<Vec3 const> positions) {
    auto const periodic = periodicity_of(frame);
    auto const* lattice = frame.find("Lattice");
    if (!lattice) lattice = frame.find("lattice");
    if (!lattice) {
        if (periodic && ((*periodic)[0] || (*periodic)[1] || (*periodic)[2]))
            refuse(frame.place,
                   "pbc says periodic, but there is no Lattice: add "
                   "Lattice=\"ax ay az bx by bz cx cy cz\"");
        return Cell::around(positions);
    }
    auto const n = lattice->reals();
    if (!n || (n->size() != 9 && n->size() != 3))
        refuse(frame.place, fmt::format("Lattice=\"{}\" is not 9 numbers: write "
                                        "ax ay az bx by bz cx cy cz in Å",
                                        lattice->text));
    Mat3 rows = Mat3::Zero();
    for (int i = 0; i < 3; ++i) {
        if (n->size() == 3) rows(i, i) = (*n)[static_cast<std::size_t>(i)];
        for (int j = 0; j < 3 && n->size() == 9; ++j)
            rows(i, j) = (*n)[static_cast<std::size_t>(3 * i + j)];
    }
    auto const p = periodic.value_or(std::array{true, true, true});
    if (!p[0] && !p[1] && !p[2] && rows.isZero()) return Cell::around(positions);
    try {
        return Cell{completed(rows, p), p};
    } catch (DataError const& e) {
        refuse(frame.place, e.what());
    }
}

std::optional<double> energy_of(Frame const& frame) {
    auto const* entry = key_of(frame, {"free_energy", "energy"});
    if (!entry) return std::nullopt;
    auto const value = entry->second.real();
    if (!value)
        refuse(frame.place,
               fmt::format("{}={} is not a number: leave the key out where the energy is "
                           "unknown",
                           entry->first, entry->second.text));
    return value;
}

std::optional<Mat3> tensor_of_key(Frame const& frame, Names names) {
    auto const* entry = key_of(frame, names);
    if (!entry) return std::nullopt;
    auto const numbers = entry->second.reals();
    auto const tensor = numbers ? tensor_of(*numbers) : std::nullopt;
    if (!tensor)
        refuse(frame.place,
               fmt::format("{}=\"{}\" is not 9 numbers, nor 6 in the order xx yy zz yz xz "
                           "xy",
                           entry->first, entry->second.text));
    return tensor;
}

std::optional<Mat3> stress_of(Frame const& frame, Cell const& cell) {
    auto const stress = tensor_of_key(frame, {"stress", "stresses"});
    auto const virial = tensor_of_key(frame, {"virial", "virials"});
    if (!virial) return stress;
    if (!cell.is_periodic() && !stress) return std::nullopt;  // no volume to divide by
    Mat3 const from_virial = -*virial / cell.volume();
    if (!stress) return from_virial;
    double const size = std::max(stress->cwiseAbs().maxCoeff(), from_virial.cwiseAbs().maxCoeff());
    double const tolerance = 2e-3 * size + 1e-5;  // files round to 1e-4 or so
    double const apart = (*stress - from_virial).cwiseAbs().maxCoeff();
    if (!(apart <= tolerance) && stress->allFinite() && from_virial.allFinite()) {
        bool const sign = (*stress + from_virial).cwiseAbs().maxCoeff() <= tolerance;
        refuse(
            frame.place,
            fmt::format("stress and virial contradict each other: −virial/V has xx = {:.6g} eV/Å³, "
                        "stress has {:.6g} (apart by up to {:.3g}{}): remove the wrong one, or "
                        "correct its {}",
                        from_virial(0, 0), (*stress)(0, 0), apart,
                        sign ? ", equal but for the sign" : "", sign ? "sign" : "unit"));
    }
    return stress;
}

/// The direction of the moment of each atom: 1, −1, or 0 if it has none.
std::vector<double> signs_of(std::vector<int> const& species) {
    std::vector<double> signs;
    for (int const z : species) {
        auto const direction = direction_of(z);
        signs.push_back(direction == Direction::up     ? 1.0
                        : direction == Direction::down ? -1.0
                                                       : 0.0);
    }
    return signs;
}

std::vector<double> moments_of(Frame const& frame) {
    auto const* column = real_column(frame, {"magmoms", "magmom", "spin", "spins"});
    if (!column) return {};
    if (column->width == 1) return reals_of(*column);
    std::vector<double> moments;
    for (Vec3 const& m : vectors_of(frame, *column))
        moments.push_back(m.z() < 0.0 ? -m.norm() : m.norm());
    return moments;
}

std::map<std::string, double> properties_of(Frame const& frame) {
    std::map<std::string, double> properties;
    for (auto const key : {"magmom", "total_magmom"})
        if (auto const* value = frame.find(key); value && value->real() && frame.atoms > 0)
            properties["magnetic_moment"] = *value->real() / frame.atoms;
    for (auto const& [key, value] : frame.info) {
        bool const marked = key.starts_with(property_prefix) && key.size() > property_prefix.size();
        if (!marked && std::ranges::find(known_properties, key) == known_properties.end()) continue;
        auto const number = value.real();
        if (!number)
            refuse(frame.place, fmt::format("{}={} is not a number: leave the key out where it is "
                                            "unknown",
                                            key, value.text));
        properties[marked ? key.substr(property_prefix.size()) : key] = *number;
    }
    return properties;
}

std::string text_of_key(Frame const& frame, Names names) {
    for (auto const name : names)
        if (auto const* value = frame.find(name)) return value->text;
    return {};
}

/// The texts of all keys that tell the level of theory.
std::string level_of(Frame const& frame) {
    std::string level;
    for (auto const key : {"level_of_theory", "level", "dft", "calculator", "xc", "settings"})
        if (auto const* value = frame.find(key); value && !value->text.empty())
            level += (level.empty() ? "" : ", ") + value->text;
    return level;
}

}  // namespace

bool has_cell(Frame const& head) {
    auto const* lattice = head.find("Lattice");
    if (lattice == nullptr) lattice = head.find("lattice");
    if (lattice == nullptr) return false;
    auto const numbers = lattice->reals();  // zeros stand for no cell
    return !numbers || std::ranges::any_of(*numbers, [](double x) { return x != 0.0; });
}

Cell cell_of(Frame const& head) {
    KAMACITE_EXPECTS(has_cell(head));
    return cell_of(head, {});
}

std::span<std::string_view const> property_names() {
    return known_properties;
}

std::optional<Mat3> tensor_of(std::span<double const> n) {
    Mat3 t;
    if (n.size() == 9)
        t << n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8];
    else if (n.size() == 6)
        t << n[0], n[5], n[4], n[5], n[1], n[3], n[4], n[3], n[2];
    else
        return std::nullopt;
    return t;
}

Structure structure_of(Frame const& frame) {
    auto const* column = frame.find_column("pos");
    if (!column) column = frame.find_column("positions");
    if (!column) refuse(frame.place, "no column holds the positions: add pos:R:3 to Properties");
    if (column->type() != 'R' && column->type() != 'I')
        refuse(frame.place,
               fmt::format("column '{}' has type {} (must be R)", column->name, column->type()));
    auto positions = vectors_of(frame, *column);
    for (std::size_t i = 0; i < positions.size(); ++i)
        if (!positions[i].allFinite())
            refuse({frame.place.file, frame.place.frame,
                    frame.place.line + 2 + static_cast<long long>(i)},
                   fmt::format(
                       "position of atom {} is ({}, {}, {}) (must be finite): correct or remove "
                       "the frame",
                       i + 1, positions[i].x(), positions[i].y(), positions[i].z()));
    auto cell = cell_of(frame, positions);
    Structure structure{std::move(cell), species_of(frame), std::move(positions)};
    try {
        check(structure);
    } catch (DataError const& e) {
        refuse(frame.place, e.what());
    }
    return structure;
}

Record to_record(Frame const& frame) {
    Record record{structure_of(frame), {}, {}, {}, {}, {}, {}};
    auto& labels = record.labels;
    labels.energy = energy_of(frame);
    if (auto const* forces = real_column(frame, {"forces", "force"}))
        labels.forces = vectors_of(frame, *forces);
    labels.stress = stress_of(frame, record.structure.cell);
    labels.moments = moments_of(frame);
    labels.properties = properties_of(frame);
    record.family = text_of_key(frame, {"config_type", "family"});
    record.name = text_of_key(frame, {"name", "config_name", "tag"});
    record.trajectory = text_of_key(frame, {"trajectory"});
    record.level = level_of(frame);
    record.recipe = text_of_key(frame, {"recipe"});
    record.source = fmt::format("{}@{}", as_utf8(frame.place.file), frame.place.frame);
    try {
        check(record);
    } catch (DataError const& e) {
        refuse(frame.place, e.what());
    }
    return record;
}

Frame to_frame(Record const& record, KeyStyle style) {
    std::string const prefix = style == KeyStyle::ref ? "REF_" : "";
    auto const& [cell, species, positions] = record.structure;
    auto const& labels = record.labels;
    Frame frame;
    frame.atoms = record.structure.size();
    auto const& periodic = cell.periodic();
    bool const has_cell = periodic[0] || periodic[1] || periodic[2];
    if (has_cell) frame.set("Lattice", cell.rows());
    frame.set("Properties", std::string{});

    std::vector<std::string> symbols;
    for (int const z : species) symbols.emplace_back(symbol_of(z));
    frame.columns.push_back({"species", 1, std::move(symbols)});
    frame.set_column("pos", positions);
    if (!labels.forces.empty()) frame.set_column(prefix + "forces", labels.forces);
    if (!labels.moments.empty())
        frame.set_column(prefix + "magmoms", 1, labels.moments);
    else if (std::any_of(species.begin(), species.end(),
                         [](int z) { return direction_of(z) != Direction::up; }))
        frame.set_column("spins", 1, signs_of(species));

    auto const set_text = [&](char const* key, std::string const& text) {
        if (!text.empty()) frame.set(key, text);
    };
    if (labels.energy) frame.set(prefix + "energy", *labels.energy);
    if (labels.stress) {
        frame.set(prefix + "stress", *labels.stress);
        if (cell.is_periodic()) frame.set(prefix + "virial", Mat3(-*labels.stress * cell.volume()));
    }
    for (auto const& [name, value] : labels.properties) {
        bool const known = std::ranges::find(known_properties, name) != known_properties.end();
        frame.set(known ? name : std::string{property_prefix} + name, value);
    }
    set_text("config_type", record.family);
    set_text("name", record.name);
    set_text("trajectory", record.trajectory);
    set_text("level", record.level);
    set_text("source", record.source);
    set_text("recipe", record.recipe);
    auto const letter = [&](std::size_t i) { return periodic[i] ? "T" : "F"; };
    frame.set("pbc", fmt::format("{} {} {}", letter(0), letter(1), letter(2)));
    return frame;
}

}  // namespace kamacite::formats
