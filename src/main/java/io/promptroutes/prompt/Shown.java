package io.promptroutes.prompt;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes text of others fit to be shown in a terminal, a log, a table or an error message. Data is never changed by it. Stateless. */
public final class Shown {

    /** Characters of a name. */
    public static final int NAME = 200;
    /** Controls, line ends, halves of surrogates, and what turns or hides text; not the joiners of emoji and of some scripts. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}[\\p{Cf}&&[^\\u200c\\u200d]]]");

    private Shown() {
    }

    /** In one line, with visible escapes, of at most so many characters; null stays null. */
    public static String of(String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text == null ? null : escaped(text);
        }
        return escaped(Writable.cut(text, longest - 1)) + "\u2026";
    }

    /** The same of whatever length; a list keeps its lines, which begin with a dash. */
    public static String list(String text) {
        return Stream.of(text.split("\n(?=- )")).map(Shown::escaped).collect(Collectors.joining("\n"));
    }

    private static String escaped(String text) {
        return UNSEEN.matcher(text).replaceAll(found -> String.format("\\\\u%04x", found.group().codePointAt(0)));
    }
}
