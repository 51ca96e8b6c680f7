#pragma once
#include <Eigen/Dense>
#include <cstddef>
#include <span>
#include <vector>

namespace kamacite {

using Vec3 = Eigen::Vector3d;  ///< a vector in space
using Mat3 = Eigen::Matrix3d;  ///< a tensor, or three vectors as rows

/// Rows are atoms or samples, columns are features: the layout of the HDF5 datasets.
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

static_assert(sizeof(Vec3) == 3 * sizeof(double), "Vec3 arrays are written to files as (N,3)");

}  // namespace kamacite
