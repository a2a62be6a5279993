package io.promptroutes.task;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Signs of a text's shape that point to a task, such as {@code [code-fence]}. No regular expression, a fixed number of passes. */
final class Signs {

    /** Found where one of these is anywhere in the text. In an order that is the same each time: weights are added up, and learned, in it. */
    private static final List<Map.Entry<String, List<String>>> PARTS = List.of(
            Map.entry("[code-fence]", List.of("```")),
            Map.entry("[stack-trace]", List.of("\n\tat ", "\n    at ", "Traceback (most recent", "Exception in thread")),
            Map.entry("[error]", List.of("Error: ", "Exception: ", "Exception:\n")),
            Map.entry("[markup]", List.of("</", "/>", "<!DOCTYPE")),
            Map.entry("[latex]", List.of("\\frac", "\\sqrt", "\\begin{", "\\(", "\\[", "\\cdot", "\\sum", "\\int")),
            Map.entry("[code-operator]", List.of("==", "!=", "=>", "->", "&&", "||", "();", "+=", "::")),
            Map.entry("[blank]", List.of("__")),
            Map.entry("[stars]", List.of("*")));
    /** Found where a text has at most so many words. */
    private static final int[] LENGTHS = {3, 6, 12, 25, 60, 150, 400};

    /** Words; a character of a script without spaces is one. */
    private int words;
    private int numbers;
    /** Dollar signs that end a formula, as in {@code $n$}, not those of {@code $name} or an amount. */
    private int dollars;
    /** Lines that end with a semicolon or a brace. */
    private int codeLines;
    /** Such as {@code name(}. */
    private int calls;
    /** Such as {@code camelCase} and {@code snake_case}. */
    private int identifiers;
    /** Such as {@code list.sort} and {@code main.py}. */
    private int fileNames;
    /** Operators between numbers or the usual unknowns. */
    private int formulas;
    /** Such as {@code B)}. */
    private int choices;
    /** Lines that begin like an item of a list. */
    private int lists;
    private int quotes;

    /** One pass over the text counts the characters that are no plain prose. */
    private Signs(String text) {
        char before = '\n';
        char c = at(text, 0);
        for (int i = 0; i < text.length(); i++) {
            char after = at(text, i + 1);
            count(text, i, before, c, after);
            before = c;
            c = after;
        }
    }

    static void find(String text, Consumer<String> found) {
        PARTS.forEach(part -> {
            if (part.getValue().stream().anyMatch(text::contains)) {
                found.accept(part.getKey());
            }
        });
        if (sql(text)) {
            found.accept("[sql]");
        }
        Signs shape = new Signs(text);
        counted(found, "[inline-math]", shape.dollars >= 1);
        counted(found, "[code-lines]", shape.codeLines >= 2);
        counted(found, "[call]", shape.calls >= 1);
        counted(found, "[identifier]", shape.identifiers >= 1);
        counted(found, "[identifiers]", shape.identifiers >= 4);
        counted(found, "[file-name]", shape.fileNames >= 1);
        counted(found, "[formula]", shape.formulas >= 1);
        counted(found, "[number]", shape.numbers >= 1);
        counted(found, "[numbers]", shape.numbers >= 3);
        counted(found, "[many-numbers]", shape.numbers >= 2 && shape.numbers * 8 >= shape.words);
        counted(found, "[choices]", shape.choices >= 3);
        counted(found, "[list]", shape.lists >= 3);
        counted(found, "[paragraphs]", shape.lists == 0 && text.contains("\n\n"));
        counted(found, "[quotes]", shape.quotes >= 2);
        String end = text.stripTrailing();
        found.accept("[ends-" + ending(end.isEmpty() ? ' ' : end.charAt(end.length() - 1)) + "]");
        found.accept("[length-" + length(shape.words) + "]");
    }

    private static void counted(Consumer<String> found, String sign, boolean there) {
        if (there) {
            found.accept(sign);
        }
    }

    private static String ending(char last) {
        return switch (last) {
            case '?', '？' -> "?";
            case '.', '。' -> ".";
            case '!', '！' -> "!";
            case ':', '：' -> ":";
            default -> "open";
        };
    }

    private static String length(int words) {
        for (int most : LENGTHS) {
            if (words <= most) {
                return String.valueOf(most);
            }
        }
        return "more";
    }

    private static boolean sql(String text) {
        return inOrder(text, "select ", " from ") || inOrder(text, "insert into", "values") || inOrder(text, "create table", "(");
    }

    private static boolean inOrder(String text, String first, String second) {
        // hardly any text has a statement: the search that the JDK does in a few instructions says so before the one that takes any case
        String middle = first.substring(2, 5);
        if (!text.contains(middle) && !text.contains(middle.toUpperCase(Locale.ROOT))) {
            return false;
        }
        int at = indexOf(text, first, 0);
        return at >= 0 && indexOf(text, second, at + first.length()) >= 0;
    }

    /** Of a part in lower case, whatever the case of the text. */
    private static int indexOf(String text, String part, int from) {
        char first = part.charAt(0);
        for (int i = from; i <= text.length() - part.length(); i++) {
            if ((text.charAt(i) | ' ') == first && text.regionMatches(true, i, part, 0, part.length())) {
                return i;
            }
        }
        return -1;
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
