#include "kamacite/descriptors/rows.hpp"

#include <algorithm>

namespace kamacite {
namespace {

/// Puts numbers one after the other into a row.
template <std::size_t N>
class Filler {
public:
    template <class... T>
    Filler& add(T... values) {
        ((row_[at_++] = static_cast<double>(values)), ...);
        return *this;
    }
    Filler& add(Cutoff const& c) { return add(c.form, c.radius, c.inner); }
    Filler& add(Window const& w) { return add(w.low, w.high, w.form, w.asymmetric); }
    Filler& add(Gaussian const& g) { return add(g.eta, g.shift).add(g.cutoff); }
    [[nodiscard]] std::array<double, N> row() const { return row_; }

private:
    std::array<double, N> row_{};
    std::size_t at_ = 0;
};

/// Takes them out again in the same order.
class Taker {
public:
    explicit Taker(std::span<double const> row) : row_{row} {}
    double number() { return row_[at_++]; }
    int whole() { return static_cast<int>(number()); }
    CutoffForm form() { return static_cast<CutoffForm>(whole()); }
    Cutoff cutoff() {
        auto const f = form();
        auto const radius = number();
        return {f, radius, number()};
    }
    Window window() {
        auto const low = number();
        auto const high = number();
        auto const f = form();
        return {low, high, f, number() != 0.0};
    }
    Gaussian gaussian() {
        auto const eta = number();
        auto const shift = number();
        return {eta, shift, cutoff()};
    }

private:
    std::span<double const> row_;
    std::size_t at_ = 0;
};

}  // namespace

std::array<double, 7> Rows<RadialFunction>::row_of(RadialFunction const& f) {
    return Filler<7>{}.add(f.centre, f.neighbour, f.eta, f.shift).add(f.cutoff).row();
}

RadialFunction Rows<RadialFunction>::function_of(std::span<double const> row) {
    Taker t{row};
    RadialFunction f{};
    f.centre = t.whole();
    f.neighbour = t.whole();
    f.eta = t.number();
    f.shift = t.number();
    f.cutoff = t.cutoff();
    return f;
}

std::array<double, 11> Rows<AngularFunction>::row_of(AngularFunction const& f) {
    return Filler<11>{}
        .add(f.form, f.centre, f.first, f.second, f.eta, f.lambda, f.zeta, f.shift)
        .add(f.cutoff)
        .row();
}

AngularFunction Rows<AngularFunction>::function_of(std::span<double const> row) {
    Taker t{row};
    AngularFunction f{};
    f.form = static_cast<AngularFunction::Form>(t.whole());
    f.centre = t.whole();
    f.first = t.whole();
    f.second = t.whole();
    f.eta = t.number();
    f.lambda = t.number();
    f.zeta = t.number();
    f.shift = t.number();
    f.cutoff = t.cutoff();
    return f;
}

std::array<double, 6> Rows<CompactRadialFunction>::row_of(CompactRadialFunction const& f) {
    return Filler<6>{}.add(f.centre, f.neighbour).add(f.radial).row();
}

CompactRadialFunction Rows<CompactRadialFunction>::function_of(std::span<double const> row) {
    Taker t{row};
    CompactRadialFunction f{};
    f.centre = t.whole();
    f.neighbour = t.whole();
    f.radial = t.window();
    return f;
}

std::array<double, 12> Rows<CompactAngularFunction>::row_of(CompactAngularFunction const& f) {
    return Filler<12>{}.add(f.form, f.centre, f.first, f.second).add(f.radial).add(f.angular).row();
}

CompactAngularFunction Rows<CompactAngularFunction>::function_of(std::span<double const> row) {
    Taker t{row};
    CompactAngularFunction f{};
    f.form = static_cast<CompactAngularFunction::Form>(t.whole());
    f.centre = t.whole();
    f.first = t.whole();
    f.second = t.whole();
    f.radial = t.window();
    f.angular = t.window();
    return f;
}

std::array<double, 14> Rows<PowerFunction>::row_of(PowerFunction const& f) {
    return Filler<14>{}.add(f.centre, f.first, f.second, f.degree).add(f.a).add(f.b).row();
}

PowerFunction Rows<PowerFunction>::function_of(std::span<double const> row) {
    Taker t{row};
    PowerFunction f{};
    f.centre = t.whole();
    f.first = t.whole();
    f.second = t.whole();
    f.degree = t.whole();
    f.a = t.gaussian();
    f.b = t.gaussian();
    return f;
}

std::array<double, 22> Rows<TripleFunction>::row_of(TripleFunction const& f) {
    Filler<22> filler;
    filler.add(f.centre);
    for (int const z : f.neighbours) filler.add(z);
    for (int const p : f.powers) filler.add(p);
    for (auto const& g : f.weights) filler.add(g);
    return filler.row();
}

TripleFunction Rows<TripleFunction>::function_of(std::span<double const> row) {
    Taker t{row};
    TripleFunction f{};
    f.centre = t.whole();
    for (int& z : f.neighbours) z = t.whole();
    for (int& p : f.powers) p = t.whole();
    for (auto& g : f.weights) g = t.gaussian();
    return f;
}

}  // namespace kamacite
