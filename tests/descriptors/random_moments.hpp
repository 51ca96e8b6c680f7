#pragma once
#include "random_sets.hpp"

namespace kamacite::test {

/// What random_moment_set() draws.
struct MomentDraw {
    int power = 12;   ///< power functions per centre
    int triple = 8;   ///< four-body functions per centre
    int degree = 8;   ///< largest l
    int largest = 3;  ///< power of a cosine in a four-body function
    double radius = 3.6;
};

/// Power and four-body functions with random weights, elements and degrees, and a few wide
/// functions that share weights with them.
inline Descriptors random_moment_set(std::vector<int> const& elements, MomentDraw const& draw,
                                     unsigned seed) {
    Uniform uniform{seed};
    std::vector<Gaussian> weights;
    for (int n = 0; n < 4; ++n)
        weights.push_back({uniform(0.01, 0.4),
                           n % 2 == 0 ? 0.0 : uniform(1.5, 3.0),
                           {n < 3 ? CutoffForm::poly3 : CutoffForm::poly4,
                            n == 1 ? 0.85 * draw.radius : draw.radius, 0.0}});
    auto const weight = [&] { return weights[static_cast<std::size_t>(uniform.below(4))]; };
    auto const element = [&] {
        return elements[static_cast<std::size_t>(uniform.below(static_cast<int>(elements.size())))];
    };
    FunctionSet set;
    for (int const centre : elements) {
        for (int n = 0; n < draw.power; ++n) {
            int const degree = n == 0 ? draw.degree : uniform.below(draw.degree + 1);
            auto const a = weight();
            set.power.push_back(
                {centre, element(), element(), a, n % 3 == 0 ? a : weight(), degree});
        }
        for (int n = 0; n < draw.triple; ++n) {
            auto const power = [&] { return uniform.below(draw.largest + 1); };
            auto const a = weight();
            std::array<Gaussian, 3> const all =
                n % 3 == 0 ? std::array{a, a, a} : std::array{a, weight(), weight()};
            std::array<int, 3> powers{power(), power(), power()};
            if (n == 0) powers = {1, 1, 1};
            set.triple.push_back({centre, {element(), element(), element()}, all, powers});
        }
        auto const& g = weights[0];
        set.angular.push_back({AngularFunction::Form::wide, centre, elements[0], elements[0], g.eta,
                               -1.0, 4.0, g.shift, g.cutoff});
    }
    return {elements, std::move(set)};
}

}  // namespace kamacite::test
