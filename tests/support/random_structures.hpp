#pragma once
#include <random>

#include "kamacite/structure/structure.hpp"

namespace kamacite::test {

/// Strained, rattled bcc iron: n³ cubic cells. The same seed gives the same structure anywhere.
inline Structure rattled_bcc(int n, unsigned seed, double rattle = 0.15) {
    std::mt19937_64 random{seed};
    auto const uniform = [&] {
        return static_cast<double>(random() >> 11) * 0x1p-52 - 1.0;
    };  // [-1, 1)

    Mat3 a = 2.86 * n * Mat3::Identity();
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) a(i, j) += 0.1 * uniform();

    Structure s{Cell{a}, {}, {}};
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j)
            for (int k = 0; k < n; ++k)
                for (double b : {0.0, 0.5}) {
                    Vec3 const f = (Vec3(i, j, k).array() + b) / n;
                    s.positions.push_back(s.cell.to_cartesian(f) +
                                          rattle * Vec3(uniform(), uniform(), uniform()));
                    s.species.push_back(26);
                }
    return s;
}

}  // namespace kamacite::test
