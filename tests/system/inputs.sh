# Wrong inputs end with 78, missing ones with 66; the message names file, line and key.
expect 66 check missing.yaml;    says_once "missing.yaml"
expect 66 describe .;            says "a directory"
printf 'kamacite: describe\ndata: a.h5\nouptut: b.h5\n' >key.yaml
expect 78 check key.yaml;        says_once "error: key.yaml:3: ouptut: unknown key (did you mean 'output'?)"
expect 78 describe key.yaml;     says_once "key.yaml:3: ouptut"
printf 'kamacite: describe\ndata: a.h5\ndescriptors:\n  cutoff_radial: 6.5\n' >unit.yaml
expect 78 describe unit.yaml;    says "unit.yaml:4: descriptors.cutoff_radial: '6.5' (a number without a unit"
printf 'kamacite: describe\ndata: a.h5\ndescriptors: {cutoff_radial: .nan angstrom}\n' >nan.yaml
expect 78 describe nan.yaml;     says "nan.yaml:3: descriptors.cutoff_radial"
printf 'kamacite: describe\ndata: a.h5\nelements: [Xx]\n' >element.yaml
expect 78 check element.yaml;    says_once "element.yaml:3: elements[0]: 'Xx' (not one of its values)"
expect 78 describe element.yaml; says "element.yaml:3: elements[0]"
: >empty.yaml
expect 78 describe empty.yaml;   says "empty.yaml:1: an empty input"
printf 'data: a.h5\n' >nameless.yaml
expect 78 check nameless.yaml;   says "kamacite: missing"
printf 'kamacite: descrybe\ndata: a.h5\n' >command.yaml
expect 78 check command.yaml;    says "did you mean 'describe'?"
printf 'kamacite: describe\ndata: a.h5\ndescriptors:\n\tform: poly3\n' >tab.yaml
expect 78 describe tab.yaml;     says "tab.yaml:4: a tab in the indentation"
expect 66 describe made.yaml
printf 'kamacite: describe\ndata: a.h5\n' >good.yaml
expect 0 check good.yaml;        prints "output: descriptors.h5"; says "a.h5: there is no such file"
expect 66 describe good.yaml;    says_once "a.h5"; absent descriptors.h5
