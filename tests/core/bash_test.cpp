#include "kamacite/core/bash.hpp"

#include <cstdio>
#include <string>

#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("bash reads a quoted text as it is", "[core]") {
    std::string const text = "a b'c\"d$HOME `x` \\ *";
    std::string read;
    auto* const shell =
        popen(("bash -c \"$(cat <<'X'\nprintf %s " + bash_quoted(text) + "\nX\n)\"").c_str(), "r");
    REQUIRE(shell != nullptr);
    for (int c = std::fgetc(shell); c != EOF; c = std::fgetc(shell)) read += static_cast<char>(c);
    CHECK(pclose(shell) == 0);
    CHECK(read == text);
}

TEST_CASE("the number of ranks stands wherever a command asks for it", "[core]") {
    CHECK(with_processes("mpirun -np {processes} x -nk {processes}", 12) ==
          "mpirun -np 12 x -nk 12");
    CHECK(with_processes("x", 3) == "x");
}
