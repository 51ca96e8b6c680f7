#include "block_network.hpp"

#include "kamacite/simd/instruction_set.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

constexpr int atoms = detail::atoms_of_block;

/// Largest differences of y and ∂(Σ ȳ y)/∂x from what Network gives.
template <class Real>
std::pair<double, double> worst(Network const& network, std::vector<double> const& w,
                                Matrix const& x, std::vector<double> const& seed) {
    auto tape = network.forward(w, x);
    Matrix seeds(x.rows(), network.outputs());
    for (Eigen::Index r = 0; r < seeds.rows(); ++r)
        for (Eigen::Index o = 0; o < seeds.cols(); ++o)
            seeds(r, o) = seed[static_cast<std::size_t>(o)];
    Matrix const expected = network.pull_back(w, tape, seeds);
    detail::BlockNetwork<Real> block{network, w};
    REQUIRE(block.inputs() == network.inputs());
    double y_off = 0.0, x_off = 0.0;
    for (int pass = 0; pass < 2; ++pass) {  // the second finds what the first has left
        for (int k = 0; k < network.inputs(); ++k)
            for (int r = 0; r < x.rows(); ++r)
                block.input()[k * atoms + r] = static_cast<Real>(x(r, k));
        Real const* y = block.forward();
        for (int o = 0; o < network.outputs(); ++o)
            for (int r = 0; r < x.rows(); ++r)
                y_off = std::max(y_off, std::abs(y[o * atoms + r] - tape.output(r, o)));
        Real const* back = block.pull_back(seed);
        for (int k = 0; k < network.inputs(); ++k)
            for (int r = 0; r < x.rows(); ++r)
                x_off = std::max(x_off, std::abs(back[k * atoms + r] - expected(r, k)));
    }
    return {y_off / (1.0 + tape.output.cwiseAbs().maxCoeff()),
            x_off / (1.0 + expected.cwiseAbs().maxCoeff())};
}

}  // namespace

TEST_CASE("networks on blocks of atoms are the networks, in every instruction set", "[model]") {
    int const activation = GENERATE(range(0, number_of_activations));
    int const rows = GENERATE(1, 7, 16);
    auto const hidden = GENERATE(std::vector<int>{}, std::vector<int>{10}, std::vector<int>{1, 3},
                                 std::vector<int>{17, 9, 20});
    CAPTURE(activation, rows, hidden.size());
    std::vector<int> sizes{13};
    sizes.insert(sizes.end(), hidden.begin(), hidden.end());
    sizes.push_back(2);
    Network const network{sizes, static_cast<Activation>(activation)};
    std::vector<double> w(static_cast<std::size_t>(network.parameter_count()));
    RandomStream random{1, "block networks", 0};
    // exponentials of exponentials stay finite
    double const size = static_cast<Activation>(activation) == Activation::exponential ? 0.1 : 0.4;
    for (auto& x : w) x = size * random.normal();
    Matrix x(rows, 13);
    for (auto& v : x.reshaped()) v = random.normal();
    std::vector<double> const seed{1.3, -0.7};
    for (auto const& name : instruction_sets()) {
        UseInstructionSet const only{name};
        CAPTURE(name);
        auto const full = worst<double>(network, w, x, seed);
        CHECK(full.first < 1e-13);
        CHECK(full.second < 1e-13);
        auto const single = worst<float>(network, w, x, seed);
        CHECK(single.first < 1e-5);
        CHECK(single.second < 1e-5);
        CHECK(single.first + single.second > 0.0);
    }
}

TEST_CASE("units that are saturated have the value and slope of the limit", "[model]") {
    // x = ±100 at the hidden unit: exponentials over- or underflow in single precision
    for (auto const a : {Activation::tanh, Activation::silu, Activation::softplus,
                         Activation::sigmoid, Activation::reversed_sigmoid, Activation::gaussian}) {
        CAPTURE(name_of(a));
        Network const network{{1, 1, 1}, a};
        std::vector<double> const w{1.0, 0.0, 1.0, 0.0};
        Matrix x(2, 1);
        x << 100.0, -100.0;
        auto const full = worst<double>(network, w, x, {1.0});
        CHECK(full.first < 1e-15);
        CHECK(full.second < 1e-15);
        auto const single = worst<float>(network, w, x, {1.0});
        CHECK(single.first < 1e-7);
        CHECK(single.second < 1e-7);
    }
}
