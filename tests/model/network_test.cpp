#include "kamacite/model/network.hpp"

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"

using namespace kamacite;

namespace {

Matrix random_matrix(int rows, int columns, std::uint64_t seed) {
    RandomStream random{seed, "test", 0};
    Matrix m(rows, columns);
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) m(r, c) = random.normal();
    return m;
}

std::vector<double> random_parameters(Network const& network, std::uint64_t seed) {
    std::vector<double> w(static_cast<std::size_t>(network.parameter_count()));
    RandomStream random{seed, "weights", 0};
    network.initialise(w, random);
    for (auto& x : w) x += 0.1 * random.normal();  // biases too
    return w;
}

double dot(Matrix const& a, Matrix const& b) {
    return a.cwiseProduct(b).sum();
}

}  // namespace

TEST_CASE("activations have the derivatives they claim", "[model]") {
    auto const a =
        GENERATE(Activation::linear, Activation::tanh, Activation::silu, Activation::softplus,
                 Activation::sigmoid, Activation::gaussian, Activation::cosine,
                 Activation::reversed_sigmoid, Activation::exponential, Activation::square);
    CAPTURE(name_of(a));
    CHECK(activation_of(name_of(a)) == a);
    for (double const x0 : {-2.3, -0.4, 0.0, 0.7, 3.1}) {
        Matrix f, slope, curvature;
        auto const at = [&](double x) { apply(a, Matrix::Constant(1, 1, x), f, slope, curvature); };
        at(x0);
        double const f1 = slope(0, 0), f2 = curvature(0, 0);
        test::check_derivative([&](double x) { return at(x), f(0, 0); }, x0, f1);
        test::check_derivative([&](double x) { return at(x), slope(0, 0); }, x0, f2);
    }
}

TEST_CASE("activations neither overflow nor lose their limits far out", "[model]") {
    Matrix f, slope, curvature;
    Matrix x(1, 2);
    x << -800.0, 800.0;
    for (auto const a : {Activation::tanh, Activation::silu, Activation::softplus,
                         Activation::sigmoid, Activation::relu}) {
        CAPTURE(name_of(a));
        apply(a, x, f, slope, curvature);
        CHECK(f.allFinite());
        CHECK(slope.allFinite());
        CHECK(curvature.allFinite());
        bool const bounded = a == Activation::tanh || a == Activation::sigmoid;
        CHECK_THAT(f(0, 1), WithinAbs(bounded ? 1.0 : 800.0, 1e-12));
        CHECK_THAT(f(0, 0), WithinAbs(a == Activation::tanh ? -1.0 : 0.0, 1e-12));
    }
    CHECK_THROWS_AS(activation_of("gelu"), InputError);
}

TEST_CASE("a small network gives the numbers worked out by hand", "[model]") {
    Network const network{{2, 1, 1}, Activation::relu};
    CHECK(network.parameter_count() == 5);
    std::vector<double> const w = {2.0, -1.0, 0.5, 3.0, 0.25};  // W¹ = (2, −1), b¹; W² = 3, b²
    auto tape = network.forward(w, (Matrix(2, 2) << 1.0, 1.0, 0.0, 4.0).finished());
    CHECK(tape.output(0, 0) == 3.0 * (2.0 - 1.0 + 0.5) + 0.25);
    CHECK(tape.output(1, 0) == 0.25);  // 0 − 4 + 0.5 < 0 is cut
}

TEST_CASE("derivatives of a network agree with finite differences", "[model]") {
    auto const a = GENERATE(Activation::tanh, Activation::silu, Activation::softplus,
                            Activation::sigmoid, Activation::linear);
    CAPTURE(name_of(a));
    Network const network{{3, 5, 4, 2}, a};
    auto const w = random_parameters(network, 1);
    auto const x = random_matrix(6, 3, 2);
    auto const along = random_matrix(6, 3, 3);
    auto const seed = random_matrix(6, 2, 4);
    auto const along_seed = random_matrix(6, 2, 5);
    auto tape = network.forward(w, x, Network::Order::curvatures);

    SECTION("to the inputs") {
        auto const pulled = network.pull_back(w, tape, seed);
        test::check_derivative(
            [&](double h) { return dot(seed, network.forward(w, x + h * along).output); }, 0.0,
            dot(pulled, along));
    }
    SECTION("to the parameters, and of the derivative along a direction") {
        std::vector<double> gradient(w.size(), 0.0), joint(w.size(), 0.0);
        network.gradient(w, tape, seed, gradient);
        network.gradient_along(w, tape, along, seed, along_seed, joint);
        auto const outputs = [&](std::span<double const> at) {
            return dot(seed, network.forward(at, x).output);
        };
        auto const along_outputs = [&](std::span<double const> at) {  // Σ s ẏ, ẏ by pull_back
            auto here = network.forward(at, x);
            return dot(network.pull_back(at, here, along_seed), along);
        };
        for (std::size_t k = 0; k < w.size(); k += 3) {
            CAPTURE(k);
            auto moved = w;
            auto const with = [&](double value) -> std::vector<double> const& {
                moved[k] = value;
                return moved;
            };
            test::check_derivative([&](double v) { return outputs(with(v)); }, w[k], gradient[k]);
            test::check_derivative(
                [&](double v) { return outputs(with(v)) + along_outputs(with(v)); }, w[k],
                joint[k]);
        }
    }
}

TEST_CASE("the paper's network has 18,307 parameters", "[model]") {
    CHECK(Network({10, 128, 128, 3}, Activation::relu).parameter_count() == 18307);
}

TEST_CASE("weights are drawn with the variance that keeps signals of size one", "[model]") {
    Network const network{{400, 100, 1}, Activation::silu};
    std::vector<double> w(static_cast<std::size_t>(network.parameter_count()));
    RandomStream random{7, "weights", 0};
    network.initialise(w, random);
    double squares = 0.0;
    for (int k = 0; k < 40000; ++k)
        squares += w[static_cast<std::size_t>(k)] * w[static_cast<std::size_t>(k)];
    CHECK_THAT(squares / 40000 * 400, WithinAbs(1.0, 0.05));
    CHECK(w[static_cast<std::size_t>(network.bias_begin(0))] == 0.0);
    CHECK_THROWS_AS(Network({3, 0, 1}, Activation::tanh), InputError);
}
