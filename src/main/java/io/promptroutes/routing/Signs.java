package io.promptroutes.routing;

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

    private Signs() {
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
        Shape shape = new Shape(text);
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
}
