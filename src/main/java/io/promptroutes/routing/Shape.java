package io.promptroutes.routing;

/** What one pass over a text counts of the characters that are no plain prose. */
final class Shape {

    /** Words; a character of a script without spaces is one. */
    int words;
    int numbers;
    /** Dollar signs that end a formula, as in {@code $n$}, not those of {@code $name} or an amount. */
    int dollars;
    /** Lines that end with a semicolon or a brace. */
    int codeLines;
    /** Such as {@code name(}. */
    int calls;
    /** Such as {@code camelCase} and {@code snake_case}. */
    int identifiers;
    /** Such as {@code list.sort} and {@code main.py}. */
    int fileNames;
    /** Operators between numbers or the usual unknowns. */
    int formulas;
    /** Such as {@code B)}. */
    int choices;
    /** Lines that begin like an item of a list. */
    int lists;
    int quotes;

    Shape(String text) {
        char before = '\n';
        char c = at(text, 0);
        for (int i = 0; i < text.length(); i++) {
            char after = at(text, i + 1);
            count(text, i, before, c, after);
            before = c;
            c = after;
        }
    }

    private void count(String text, int i, char before, char c, char after) {
        if (Words.standsAlone(c)) {
            words++;
        } else if (Words.isPart(c) && !Words.isPart(before)) {
            words++;
            numbers += Character.isDigit(c) && before != '_' ? 1 : 0;
        }
        switch (c) {
            case '$' -> dollars += (isLetter(before) || before == ')' || before == '}') && !Words.isPart(after) ? 1 : 0;
            case ';', '{', '}' -> codeLines += after == '\n' || after == '\r' ? 1 : 0;
            case '(' -> calls += isLetter(before) || before == '_' ? 1 : 0;
            case '_' -> identifiers += isLetter(before) && isLetter(after) ? 1 : 0;
            case '.' -> fileNames += isLetter(before) && after >= 'a' && after <= 'z' ? 1 : 0;
            case '"', '“', '”', '«', '「' -> quotes++;
            case '+', '=', '^', '*', '×', '÷', '/', '<', '-', '≥', '≤' -> formulas += isFormula(text, i) ? 1 : 0;
            default -> identifiers += c >= 'A' && c <= 'Z' && before >= 'a' && before <= 'z' ? 1 : 0;
        }
        if (c >= 'A' && c <= 'E' && (before == '\n' || before == '(' || before == ' ') && (after == ')' || after == '.' || after == ':')) {
            choices++;
        }
        if (before == '\n' && (c == '-' || c == '*' || c == '•' || Character.isDigit(c) && (after == '.' || after == ')'))) {
            lists++;
        }
    }

    private static boolean isFormula(String text, int i) {
        char before = at(text, i - 1);
        char after = at(text, i + 1);
        boolean sides = isTerm(before == ' ' ? at(text, i - 2) : before) && isTerm(after == ' ' ? at(text, i + 2) : after);
        return sides && ("=^+".indexOf(text.charAt(i)) >= 0 || Character.isDigit(before) || Character.isDigit(after) || before == ' ');
    }

    private static boolean isTerm(char c) {
        return Character.isDigit(c) || "()|\\$xyn?".indexOf(c) >= 0;
    }

    /** A line feed before the first and after the last. */
    private static char at(String text, int i) {
        return i < 0 || i >= text.length() ? '\n' : text.charAt(i);
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
