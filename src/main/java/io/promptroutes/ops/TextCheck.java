package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.lang3.function.Failable;

/** What Camel passes over in the user's route files, or tells without the file. Stateless. */
final class TextCheck {

    private static final String FILE = "file:";

    private TextCheck() {
    }

    /** Of files one of which Camel cannot read. */
    static void unreadable(Map<String, String> places, Consumer<Finding> found) {
        check(places, text -> text.indexOf('\0') < 0, "the text is not UTF-8", "save it as UTF-8", found);
    }

    /** Of files that Camel can read. */
    static void readable(Map<String, String> places, Consumer<Finding> found) {
        check(places, TextCheck::list, "there is no route", "begin each with a dash, as in - route:", found);
    }

    private static void check(Map<String, String> places, Predicate<String> good, String what, String todo, Consumer<Finding> found) {
        places.forEach((name, place) -> text(place).filter(good.negate()).ifPresent(text -> found.accept(Finding.fault(what, name, todo))));
    }

    /** Of a file of the user's; empty for one of the jar's, and for what is no file. */
    static Optional<String> text(String place) {
        Path file = Path.of(place.substring(place.indexOf(':') + 1));
        return place.startsWith(FILE) && Files.isRegularFile(file)
                ? Optional.of(Failable.get(() -> new String(Files.readAllBytes(file), StandardCharsets.UTF_8))) : Optional.empty();
    }

    /** Where a text has a word, or a longer passage, that is no part of a longer one. @param from the first line that is looked at, from 1 on */
    static OptionalInt line(String text, String word, int from) {
        String quoted = "(?<![\\w-])" + Pattern.quote(word);
        Pattern whole = Pattern.compile(quoted + "(?![\\w-])|" + quoted + "(?<=\\W)");
        List<String> lines = text.lines().toList();
        return IntStream.rangeClosed(from, lines.size()).filter(line -> whole.matcher(lines.get(line - 1)).find()).findFirst();
    }

    /** Whether there is a list, or an integration of Camel K; nothing is as well. */
    private static boolean list(String text) {
        List<String> lines = text.replace("\ufeff", "").lines().toList();
        return lines.stream().filter(line -> !line.isBlank() && !line.strip().startsWith("#") && !line.startsWith("---")).findFirst()
                .map(first -> first.strip().matches("[-\\[].*")).orElse(true) || lines.stream().anyMatch(line -> line.startsWith("kind:"));
    }
}
