#pragma once
#include <array>

#include "random_sets.hpp"

namespace kamacite::test {

/// Functions of one kind, named by its number in n2p2, with random parameters for every centre and
/// every pair and triple of elements. Windows have every form, and every other one starts below 0;
/// windows of the angle are centred on 0° or 180° or lie between.
class RandomKind {
public:
    RandomKind(std::vector<int> elements, int kind, double radius, unsigned seed)
        : elements_{std::move(elements)}, kind_{kind}, radius_{radius}, uniform_{seed} {}

    Descriptors draw() {
        bool const weighted = kind_ == 12 || kind_ == 13 || kind_ >= 23;
        std::vector<int> others = elements_;
        if (weighted) others = {every_element};
        for (int const centre : elements_)
            for (std::size_t a = 0; a < others.size(); ++a)
                for (std::size_t b = a; b < others.size(); ++b)
                    for (int n = 0; n < 7; ++n)
                        add(centre, std::min(others[a], others[b]), std::max(others[a], others[b]));
        return {elements_, set_};
    }

private:
    void add(int centre, int first, int second) {
        switch (kind_) {
            case 2:
            case 12:
                set_.radial.push_back(
                    {centre, first, uniform_(0.01, 0.5), uniform_(0, 2), cutoff()});
                break;
            case 3:
            case 13:
                add_angular(AngularFunction::Form::narrow, centre, first, second);
                break;
            case 9:
                add_angular(AngularFunction::Form::wide, centre, first, second);
                break;
            case 20:
            case 23:
                set_.compact_radial.push_back({centre, first, radial_window()});
                break;
            case 21:
            case 24:
                set_.compact_angular.push_back({CompactAngularFunction::Form::narrow, centre, first,
                                                second, radial_window(), angular_window()});
                break;
            default:
                set_.compact_angular.push_back({CompactAngularFunction::Form::wide, centre, first,
                                                second, radial_window(), angular_window()});
        }
        ++count_;
    }

    void add_angular(AngularFunction::Form form, int centre, int first, int second) {
        // wide ones that are no polynomial of moments among them: broken ζ, and whole ones above 16
        bool const broken = count_ % 5 == 4;
        double const zeta = broken ? uniform_(1.1, 5.0) : 1.0 + uniform_.below(20);
        // few enough that functions share weights
        double const eta = 0.03 * (1 + uniform_.below(3));
        double const shift = uniform_.below(3) == 0 ? 1.5 : 0.0;
        set_.angular.push_back({form, centre, first, second, eta, count_ % 2 == 0 ? 1.0 : -1.0,
                                zeta, shift, cutoff()});
    }

    Cutoff cutoff() {
        static constexpr CutoffForm forms[] = {CutoffForm::tanh3, CutoffForm::poly3,
                                               CutoffForm::exponential, CutoffForm::cosine,
                                               CutoffForm::poly2};
        bool const inner = uniform_.below(4) == 0;
        return {forms[uniform_.below(5)], (uniform_.below(2) == 0 ? 1.0 : 0.8) * radius_,
                inner ? 0.3 : 0.0};
    }

    CutoffForm form() {
        static constexpr CutoffForm forms[] = {CutoffForm::exponential, CutoffForm::poly1,
                                               CutoffForm::poly2, CutoffForm::poly3,
                                               CutoffForm::poly4};
        return forms[count_ % 5];
    }

    Window radial_window() {
        double const high = (uniform_.below(2) == 0 ? 1.0 : 0.85) * radius_;
        double const low = count_ % 2 == 0 ? -0.5 * high : uniform_(0.0, 1.5);
        return {low, high, form(), uniform_.below(2) == 0};
    }

    Window angular_window() {
        double const width = uniform_(50.0, 100.0);
        double const centre = count_ % 3 == 0 ? 0.0 : count_ % 3 == 1 ? 180.0 : uniform_(80., 110.);
        double const half = count_ % 3 == 2 ? std::min(width, 0.9 * centre) : width;
        return {centre - half, centre + half, form(), false};
    }

    std::vector<int> elements_;
    int kind_;
    double radius_;
    Uniform uniform_;
    FunctionSet set_;
    int count_ = 0;
};

/// The kinds that are sums over neighbours or over pairs of them.
inline constexpr std::array pair_kinds{2, 3, 9, 12, 13, 20, 21, 22, 23, 24, 25};

}  // namespace kamacite::test
