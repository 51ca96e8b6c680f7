#include "kamacite/formats/atom_lines.hpp"

#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/frame_lines.hpp"
#include "kamacite/formats/lammps_data.hpp"
#include "kamacite/formats/poscar.hpp"

namespace kamacite::formats {
namespace {

std::optional<AtomLines> frame_atom_lines(FrameIndex const& index, long long i) {
    auto const head = read_frame_head(index, i);
    if (!has_cell(head.frame)) return std::nullopt;
    return AtomLines{head.frame.place.file,
                     cell_of(head.frame),
                     head.frame.atoms,
                     head.begin,
                     head.end,
                     false,
                     [head](std::string_view text, long long first) {
                         auto s = structure_of(parse_atom_lines(head, text, first));
                         return AtomPart{std::move(s.species), std::move(s.positions), {}};
                     }};
}

}  // namespace

std::optional<AtomLines> atom_lines_of(FrameIndex const& index, Format format, long long i) {
    switch (format) {
        case Format::extxyz:
            return frame_atom_lines(index, i);
        case Format::poscar:
            return poscar_atom_lines(index.path);
        case Format::lammps_data:
            return lammps_atom_lines(index.path);
        default:
            return std::nullopt;
    }
}

}  // namespace kamacite::formats
