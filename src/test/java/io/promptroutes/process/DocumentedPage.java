package io.promptroutes.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of docs as its readers use it: the files that it shows, and the commands that it has them type. Immutable. */
record DocumentedPage(String text) {

    private static final Pattern FILE = Pattern.compile("<!-- (\\S+) -->\\s*```\\w*\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SHELL = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
    private static final Pattern TOPICS = Pattern.compile("for topic in (.+); do");

    static DocumentedPage of(String name) {
        try {
            return new DocumentedPage(Files.readString(Path.of("docs", name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By their names; all that the page shows of one, first to last. */
    Map<String, List<String>> files() {
        Map<String, List<String>> files = new LinkedHashMap<>();
        FILE.matcher(text).results().forEach(found -> files.computeIfAbsent(found.group(1), name -> new ArrayList<>()).add(found.group(2)));
        return files;
    }

    /** Arguments of each command that begins with our name, in the order of the page. */
    List<String[]> commands() {
        return SHELL.matcher(text).results().flatMap(block -> block.group(1).replace("\\\n", " ").lines())
                .filter(line -> line.startsWith("prompt-routes ")).map(DocumentedPage::words).toList();
    }

    private static String[] words(String line) {
        return WORD.matcher(line).results().skip(1)
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group(3)).toArray(String[]::new);
    }

    /** That it has made before anything runs. */
    List<String> topics() {
        MatchResult loop = TOPICS.matcher(text).results().findFirst().orElseThrow();
        return List.of(loop.group(1).split(" "));
    }
}
