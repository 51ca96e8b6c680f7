#include <kamacite/descriptors/descriptors.hpp>

// Counts the neighbours of bcc iron through one radial function: 8 at √3/2 a and 6 at a.
int main() {
    using namespace kamacite;
    double const a = 2.83;
    Structure const bcc{Cell{0.5 * a * (Mat3{} << -1, 1, 1, 1, -1, 1, 1, 1, -1).finished()}, {26}, {Vec3::Zero()}};
    Descriptors const count{{26}, {.radial = {{26, 26, 0.0, 0.0, {CutoffForm::hard, 3.0, 0.0}}}}};
    Matrix const g = count.evaluate(find_neighbours(bcc, count.cutoff()), bcc.species);
    return g(0, 0) == 14.0 ? 0 : 1;
}
