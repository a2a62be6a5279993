package io.promptroutes.message;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/** A rough score of an answer by its form alone, from 0 to 1: nothing in it knows whether the answer is right. */
record AnswerQuality(String text) {

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern SENTENCES = Pattern.compile("[.!?。！？]+");
    private static final Pattern EXPLAINS = Pattern.compile("\\b(?:because|therefore|however|for example|such as)\\b");
    private static final Pattern LIST = Pattern.compile("(?m)^\\h*(?:[-*•+]|\\d{1,3}[.)])\\h");

    int words() {
        return text.isBlank() ? 0 : SPACE.split(text.strip()).length;
    }

    BigDecimal score() {
        int tenths = 5;
        if (words() >= 100 && words() <= 300) {
            tenths += 2;
        }
        if (SENTENCES.splitAsStream(text).filter(sentence -> !sentence.isBlank()).count() > 2) {
            tenths++;
        }
        if (EXPLAINS.matcher(text.toLowerCase(Locale.ROOT)).find()) {
            tenths++;
        }
        if (LIST.matcher(text).find()) {
            tenths++;
        }
        return BigDecimal.valueOf(tenths, 1);
    }
}
