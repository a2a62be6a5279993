package io.promptroutes.task;

import java.util.List;

/** Splits a text into lower-case words. A character of a script without spaces (Chinese, Japanese) is a word. Stateless. */
final class Words {

    /** Longer ones are cut: no word of a language is. */
    private static final int LONGEST = 30;

    private Words() {
    }

    /** @param words takes the words of {@code text} between the two indexes */
    static void read(String text, int from, int to, List<String> words) {
        StringBuilder word = new StringBuilder();
        for (int i = from; i <= to; i++) {
            char c = i < to ? text.charAt(i) : ' ';
            if (standsAlone(c)) {
                end(word, words);
                words.add(String.valueOf(c));
            } else if (c >= 'a' && c <= 'z') {
                word.append(c);
            } else if (c >= '0' && c <= '9') {
                word.append('0'); // how long a number is says something, which number it is does not
            } else if (isPart(c) || isMark(c)) {
                word.append(Character.toLowerCase(c));
            } else {
                end(word, words);
            }
        }
    }

    private static void end(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.length() > LONGEST ? word.substring(0, LONGEST) : word.toString());
            word.setLength(0);
        }
    }

    static boolean standsAlone(String word) {
        return word.length() == 1 && standsAlone(word.charAt(0));
    }

    /** Han, Hiragana and Katakana. */
    static boolean standsAlone(char c) {
        return c >= '\u3041' && c <= '\u30ff' || c >= '\u3400' && c <= '\u9fff';
    }

    /** A letter or a digit of any script; those of ASCII without a look into the tables of Unicode. */
    static boolean isPart(char c) {
        return c < 128 ? c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' : Character.isLetterOrDigit(c);
    }

    private static boolean isMark(char c) {
        return c >= '\u0300' && (Character.getType(c) == Character.NON_SPACING_MARK || Character.getType(c) == Character.COMBINING_SPACING_MARK);
    }
}
