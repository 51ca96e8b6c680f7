#include "kamacite/formats/level.hpp"

#include "support/catch.hpp"

using namespace kamacite::formats;

TEST_CASE("a level of theory takes up the version of the program and gives it back", "[formats]") {
    std::string const asked = R"({"degauss":0.02,"program":"pw.x"})";
    auto const made = with_version(asked, "6.7MaX");
    CHECK(made == R"({"degauss":0.02,"program":"pw.x","version":"6.7MaX"})");
    CHECK(version_of(made) == "6.7MaX");
    CHECK(without_version(made) == asked);
    CHECK(with_version(made, "7.2") == R"({"degauss":0.02,"program":"pw.x","version":"7.2"})");
    CHECK(with_version(asked, "") == asked);
    CHECK(version_of(asked).empty());
    for (std::string const text :
         {"", "QE6.7 PBE", "{not JSON", R"(["list"])", R"({"version":7})"}) {
        CAPTURE(text);
        CHECK(version_of(text).empty());
        if (!text.starts_with(R"({"version)")) {
            CHECK(with_version(text, "1") == text);
            CHECK(without_version(text) == text);
        }
    }
}

TEST_CASE("mixtures of levels and of versions are told apart", "[formats]") {
    std::string const a = R"({"program":"a"})", b = R"({"program":"b"})";
    auto const contains = [](std::string const& text, std::string const& part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(mixture_of({}).empty());
    CHECK(mixture_of({{with_version(a, "1"), 3}}).empty());
    auto const versions =
        mixture_of({{with_version(a, "1"), 3}, {with_version(a, "2"), 4}, {a, 5}});
    CHECK(contains(versions, "versions of the program"));
    CHECK(contains(versions, "3  1"));
    CHECK(contains(versions, "4  2"));
    CHECK(mixture_of({{with_version(a, "1"), 3}, {a, 5}}).empty());  // nothing can be said
    auto const levels = mixture_of({{with_version(a, "1"), 3}, {with_version(a, "2"), 4}, {b, 5}});
    CHECK(contains(levels, "levels of theory"));
    CHECK(contains(levels, "7  " + a));
    CHECK(contains(levels, "5  " + b));
    CHECK(contains(mixture_of({{"", 1}, {a, 1}}), "(not told)"));
}
