# The pages of docs/reference that the program makes are those that are committed.
expect 0 docs -o made
for page in inputs commands; do
    cmp -s made/$page.md "$SOURCE/docs/reference/$page.md" ||
        fail "docs/reference/$page.md is out of date: run 'kamacite docs' in the repository; $(diff made/$page.md "$SOURCE/docs/reference/$page.md" | head -20)"
done
