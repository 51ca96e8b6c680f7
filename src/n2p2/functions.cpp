#include "functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::n2p2 {
namespace {

bool is_compact(int type) {
    return type >= 20;
}
bool is_weighted(int type) {
    return type == 12 || type == 13 || type >= 23;
}
/// Number of neighbours in a term: one for radial functions, two for angular ones.
int bodies(int type) {
    return type == 2 || type == 12 || type == 20 || type == 23 ? 1 : 2;
}

/// Takes the arguments of a line one after the other.
class Arguments {
public:
    Arguments(Settings const& settings, Setting const& setting, std::vector<int> const& elements)
        : settings_{settings}, setting_{setting}, elements_{elements} {}

    int element() {
        auto const& word = text();
        for (int const z : elements_)
            if (symbol_of(z) == word) return z;
        settings_.refuse(setting_, fmt::format("element '{}' is not among the elements of the "
                                               "model: correct it, or add it to 'elements'",
                                               word));
    }
    int integer() { return settings_.integer(setting_, at_++); }
    double real() { return settings_.real(setting_, at_++); }
    std::string const& text() {
        if (at_ >= setting_.values.size())
            settings_.refuse(setting_, fmt::format("it has {} arguments (more are needed): "
                                                   "complete the line",
                                                   setting_.values.size()));
        return setting_.values[at_++];
    }
    [[nodiscard]] bool more() const { return at_ < setting_.values.size(); }
    void finish() const {
        if (more())
            settings_.refuse(setting_, fmt::format("argument {} ('{}') is too many: remove it",
                                                   at_ + 1, setting_.values[at_]));
    }

private:
    Settings const& settings_;
    Setting const& setting_;
    std::vector<int> const& elements_;
    std::size_t at_ = 0;
};

void read_exponential(Arguments& arguments, Function& f) {
    f.eta = arguments.real();
    if (bodies(f.type) == 1 || f.type == 13) f.shift = arguments.real();
    if (bodies(f.type) == 2) {
        f.lambda = arguments.real();
        f.zeta = arguments.real();
    }
    f.cutoff = arguments.real();
    if ((f.type == 3 || f.type == 9) && arguments.more()) f.shift = arguments.real();
}

void read_compact(Arguments& arguments, Function& f) {
    f.low = arguments.real();
    f.cutoff = arguments.real();
    if (bodies(f.type) == 2) {
        f.left = arguments.real();
        f.right = arguments.real();
    }
    f.subtype = arguments.text();
}

/// Form of a window by its name; nothing if there is none.
std::optional<Window> window_of(std::string const& subtype) {
    Window w;
    if (!subtype.empty() && subtype[0] == 'e' && subtype.size() <= 3) {
        w.form = CutoffForm::exponential;
        return w;
    }
    bool const asymmetric = subtype.size() == 3 && subtype[2] == 'a';
    if (subtype.size() != 2 && !asymmetric) return std::nullopt;
    if (subtype[0] != 'p' || subtype[1] < '1' || subtype[1] > '4') return std::nullopt;
    w.form = static_cast<CutoffForm>(static_cast<int>(CutoffForm::poly1) + (subtype[1] - '1'));
    w.asymmetric = asymmetric;
    return w;
}

/// What is wrong with the numbers; empty if nothing is.
std::string complaint_of(Function const& f) {
    if (!is_compact(f.type)) {
        if (!(f.cutoff > 0.0))
            return fmt::format("the cutoff radius is {} (must be positive): correct it", f.cutoff);
        if (f.eta < 0.0) return fmt::format("η is {} (must not be negative): correct it", f.eta);
        if (bodies(f.type) == 1) return {};
        if (std::abs(f.lambda) > 1.0)
            return fmt::format("λ is {} (must be in [−1, 1]): correct it", f.lambda);
        if (f.zeta < 1.0) return fmt::format("ζ is {} (must be at least 1): correct it", f.zeta);
        return {};
    }
    if (!window_of(f.subtype))
        return fmt::format("'{}' is no form of a window: use p1 … p4, p1a … p4a or e", f.subtype);
    if (!(f.low < f.cutoff) || f.cutoff <= 0.0)
        return fmt::format(
            "the radial window is [{}, {}] (must have a width and end at a positive "
            "distance): correct it",
            f.low, f.cutoff);
    if (bodies(f.type) == 1) return {};
    double const centre = 0.5 * (f.left + f.right);
    if (!(f.left < f.right) || f.right - f.left > 360.0 || (f.left < 0.0 && centre != 0.0) ||
        (f.right > 180.0 && centre != 180.0))
        return fmt::format(
            "the angular window is [{}, {}]° (must lie in [0, 180], or be centred at "
            "0 or 180): correct it",
            f.left, f.right);
    return {};
}

Function read_function(Settings const& settings, Setting const& setting,
                       std::vector<int> const& elements) {
    Arguments arguments{settings, setting, elements};
    Function f;
    f.line = setting.line;
    f.centre = arguments.element();
    f.type = arguments.integer();
    constexpr std::array known = {2, 3, 9, 12, 13, 20, 21, 22, 23, 24, 25};
    if (std::find(known.begin(), known.end(), f.type) == known.end())
        settings.refuse(setting, fmt::format("function type {} is not supported (n2p2 has 2, 3, 9, "
                                             "12, 13, 20 … 25): take another model",
                                             f.type));
    if (!is_weighted(f.type))
        for (int k = 0; k < bodies(f.type); ++k)
            f.neighbours[static_cast<std::size_t>(k)] = arguments.element();
    if (bodies(f.type) == 2) std::sort(f.neighbours.begin(), f.neighbours.end());
    is_compact(f.type) ? read_compact(arguments, f) : read_exponential(arguments, f);
    arguments.finish();
    if (auto const complaint = complaint_of(f); !complaint.empty())
        settings.refuse(setting, complaint);
    return f;
}

/// All parameters, the first that differ decide; those that a type lacks are equal.
/// Source: the comparison operators of n2p2's classes of symmetry functions.
auto key_of(Function const& f) {
    auto const [e1, e2] = f.neighbours;
    auto const compact = is_compact(f.type);
    std::array<double, 4> const gaussian = {f.cutoff, f.eta, f.shift, f.zeta};
    std::array<double, 4> const window = {f.cutoff, f.low, f.left, f.right};
    return std::tuple{f.centre,
                      f.type,
                      f.subtype,
                      compact ? e1 : 0,
                      compact ? e2 : 0,
                      compact ? window : gaussian,
                      f.lambda,
                      e1,
                      e2};
}

/// Whether the angular part is not zero where two neighbours are in line with the atom.
bool counts_in_line(Function const& f) {
    return is_compact(f.type) && bodies(f.type) == 2 && (f.left < 0.0 || f.right > 180.0);
}

void warn_of_functions_in_line(Settings const& settings,
                               std::vector<std::vector<Function>> const& all,
                               std::vector<std::string>& warnings) {
    int count = 0, first = 0;
    for (auto const& some : all)
        for (auto const& f : some) {
            if (!counts_in_line(f)) continue;
            if (count++ == 0 || f.line < first) first = f.line;
        }
    if (count > 0)
        warnings.push_back(fmt::format(
            "{}:{}: {} compact angular function{} centred at 0° or 180° (the first is here), which "
            "count neighbours exactly in line; n2p2 leaves those out where rounding lets it see "
            "them, so energies of perfect crystals differ: see docs/theory/descriptors.md",
            settings.name(), first, count, count == 1 ? " is" : "s are"));
}

}  // namespace

bool comes_before(Function const& a, Function const& b) {
    return key_of(a) < key_of(b);
}

int kind_of(int type) {
    return (is_compact(type) ? 2 : 0) + bodies(type) - 1;
}

std::vector<std::size_t> columns_of(std::vector<Function> const& sorted) {
    std::vector<std::size_t> columns(sorted.size());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    std::stable_sort(columns.begin(), columns.end(), [&](std::size_t a, std::size_t b) {
        return kind_of(sorted[a].type) < kind_of(sorted[b].type);
    });
    return columns;
}

std::vector<std::vector<Function>> read_functions(Settings const& settings,
                                                  std::vector<int> const& elements,
                                                  std::vector<std::string>& warnings) {
    std::vector<std::vector<Function>> all(elements.size());
    for (auto const* const setting : settings.all("symfunction_short")) {
        auto f = read_function(settings, *setting, elements);
        auto const e = std::find(elements.begin(), elements.end(), f.centre) - elements.begin();
        all[static_cast<std::size_t>(e)].push_back(std::move(f));
    }
    for (std::size_t e = 0; e < elements.size(); ++e) {
        auto& some = all[e];
        if (some.empty())
            settings.refuse(
                fmt::format("element {} has no symmetry function (needs one): add "
                            "lines symfunction_short for it",
                            symbol_of(elements[e])));
        std::stable_sort(some.begin(), some.end(), comes_before);
        for (std::size_t k = 1; k < some.size(); ++k)
            if (!comes_before(some[k - 1], some[k]))
                warnings.push_back(fmt::format("{}: the functions of lines {} and {} are the same",
                                               settings.place(settings.get("symfunction_short")),
                                               some[k - 1].line, some[k].line));
    }
    warn_of_functions_in_line(settings, all, warnings);
    return all;
}

Cutoff read_cutoff(Settings const& settings, std::vector<std::string>& warnings) {
    auto const& setting = settings.get("cutoff_type");
    int const form = settings.integer(setting, 0);
    if (form < 0 || form > 8)
        settings.refuse(setting, fmt::format("cutoff type {} is not known (they are 0 … 8): "
                                             "correct it",
                                             form));
    double inner = settings.real_or("cutoff_alpha", 0.0);
    if (setting.values.size() > 1) inner = settings.real(setting, 1);
    if (!(inner >= 0.0 && inner < 1.0))
        settings.refuse(setting, fmt::format("the inner cutoff α is {} (must be in [0, 1)): "
                                             "correct it",
                                             inner));
    auto const name = static_cast<CutoffForm>(form);
    bool const uses_inner =
        name != CutoffForm::hard && name != CutoffForm::tanh3 && name != CutoffForm::tanh3_norm;
    if (!uses_inner && inner > 0.0)
        warnings.push_back(
            fmt::format("{}: α = {} has no effect on cutoff type {} ({}), in n2p2 neither: remove "
                        "it, or take a type that has an inner cutoff",
                        settings.place(setting), inner, form, name_of(name)));
    return {name, 0.0, uses_inner ? inner : 0.0};
}

void append(FunctionSet& set, Function const& f, Cutoff cutoff, double length) {
    cutoff.radius = f.cutoff * length;
    double const eta = f.eta / (length * length);
    double const shift = f.shift * length;
    auto const [e1, e2] = f.neighbours;
    if (kind_of(f.type) == 0) {
        set.radial.push_back({f.centre, e1, eta, shift, cutoff});
    } else if (kind_of(f.type) == 1) {
        auto const form = f.type == 9 ? AngularFunction::Form::wide : AngularFunction::Form::narrow;
        set.angular.push_back({form, f.centre, e1, e2, eta, f.lambda, f.zeta, shift, cutoff});
    } else {
        auto radial = window_of(f.subtype).value();
        radial.low = f.low * length;
        radial.high = f.cutoff * length;
        if (kind_of(f.type) == 2) {
            set.compact_radial.push_back({f.centre, e1, radial});
            return;
        }
        using Form = CompactAngularFunction::Form;
        auto const form = f.type == 22 || f.type == 25 ? Form::wide : Form::narrow;
        set.compact_angular.push_back(
            {form, f.centre, e1, e2, radial, Window{f.left, f.right, radial.form, false}});
    }
}

}  // namespace kamacite::n2p2
