package io.promptroutes.file;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** What prompts a file has, by its name or as its reader is told. */
public enum InputKind {
    /** A line is a JSON object, or a prompt's text. */
    JSONL,
    /** The objects and texts of an array, or objects one after another, on as many lines as they like. */
    JSON,
    /** Rows under a header. */
    CSV,
    /** The same, separated by tabs. */
    TSV,
    /** As {@link #JSONL}; or all of it is one text. */
    TEXT;

    /** For people. */
    public static final String ENDINGS = ".jsonl, .ndjson, .json, .csv, .tsv, .txt or .gz of these";
    private static final Map<String, InputKind> BY_ENDING = Map.of("jsonl", JSONL, "ndjson", JSONL, "json", JSON, "csv", CSV, "tsv", TSV, "txt", TEXT);

    /** By what its name ends with, whatever its case; null where that says nothing. */
    public static InputKind of(Path file) {
        String plain = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        return BY_ENDING.get(plain.substring(plain.lastIndexOf('.') + 1));
    }
}
