#include "kamacite/core/utf8.hpp"

#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("texts that are UTF-8 are told from those that are not", "[core]") {
    for (std::string const text : {"", "bcc", "Größe κ 日本", "\xF0\x9F\x94\xA9", "a\nb"}) {
        CAPTURE(text);
        CHECK(is_utf8(text));
        CHECK(as_utf8(text) == text);
    }
    // Latin-1, a cut character, an overlong one, a surrogate, beyond U+10FFFF
    for (std::string const text :
         {"Gr\xF6\xDF"
          "e",
          "\xE6\x97", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"}) {
        CAPTURE(text);
        CHECK_FALSE(is_utf8(text));
        CHECK(is_utf8(as_utf8(text)));
    }
    CHECK(as_utf8("Gr\xF6\xDF"
                  "e") ==
          "Gr\xEF\xBF\xBD\xEF\xBF\xBD"
          "e");
}
