#pragma once
#include <string>

#include "kamacite/core/error.hpp"

namespace kamacite::test {

/// Message of the DataError that a call throws; "no DataError" if it throws none.
template <class Call>
std::string refusal_of(Call const& call) {
    try {
        (void)call();
    } catch (DataError const& e) {
        return e.what();
    }
    return "no DataError";
}

inline bool says(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace kamacite::test
