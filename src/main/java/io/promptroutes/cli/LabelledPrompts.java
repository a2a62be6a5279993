package io.promptroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.UsageException;
import io.promptroutes.training.Learner.Example;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads prompts whose task is known: JSONL with {@code prompt}, {@code label} and, if wanted, {@code source}. */
final class LabelledPrompts {

    private LabelledPrompts() {
    }

    /** @param tasks that a label can name @throws UsageException that names the file and line which cannot be used */
    static List<Example> read(Path file, List<String> tasks) {
        try {
            return read(Files.readAllLines(file), file.toString(), tasks);
        } catch (NoSuchFileException e) {
            throw new UsageException(file + " does not exist", e);
        } catch (CharacterCodingException e) {
            throw new UsageException(file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new UsageException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** @param place of the lines, for errors */
    static List<Example> read(List<String> lines, String place, List<String> tasks) {
        List<Example> examples = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                examples.add(example(lines.get(i), place + ":" + (i + 1), tasks));
            }
        }
        if (examples.isEmpty()) {
            throw new UsageException(place + " has no prompts");
        }
        return examples;
    }

    private static Example example(String line, String place, List<String> tasks) {
        try {
            JsonNode row = Json.MAPPER.readTree(line);
            if (!row.path("prompt").isTextual() || !row.path("label").isTextual()) {
                throw new UsageException(place + ": prompt and label must be there, as texts");
            }
            String label = row.path("label").textValue().toLowerCase(Locale.ROOT);
            if (!tasks.contains(label)) {
                throw new UsageException(place + ": a label is one of " + String.join(", ", tasks) + "; keys tasks.*.temperature and tasks.*.max-tokens make one more");
            }
            return new Example(row.path("prompt").textValue(), label, row.path("source").textValue());
        } catch (JsonProcessingException e) {
            throw new UsageException(place + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
