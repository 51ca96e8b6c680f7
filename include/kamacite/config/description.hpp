#pragma once
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// One key of a table as a value: what the writers of templates, schemas and references go by.
struct KeyDescription {
    enum class Kind {
        quantity,
        quantities,
        number,
        numbers,
        integer,
        integers,
        flag,
        text,
        texts,
        path,
        paths,
        table,
        choice,
        section,
        optional_section,
        list
    };
    struct Choice {
        std::string name;
        std::string doc;
        std::vector<KeyDescription> keys;
    };

    Key key;
    Kind kind = Kind::section;
    Dimension dimension = Dimension::none;
    Bounds bounds{};
    Words words{};      ///< that a text, or a name of a table, may be; none: any
    bool given = true;  ///< false: the value means "not given", or the section is absent
    std::vector<std::string> values{};  ///< as YAML scalars; of a table: "name: number"
    std::vector<Choice> choices{};
    std::vector<KeyDescription> keys{};  ///< of a section; of a list: of an example entry
    std::vector<std::vector<KeyDescription>> items{};  ///< of a list: its entries
};

/// The keys of a table with the values that the options have now.
[[nodiscard]] std::vector<KeyDescription> describe(std::function<void(Fields&)> const& fields);

}  // namespace kamacite::config
