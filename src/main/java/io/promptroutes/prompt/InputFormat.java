package io.promptroutes.prompt;

/** How the bytes of a prompt are read. */
public enum InputFormat {
    /** What begins with a brace is JSON, native or an OpenAI Batch line; anything else is the prompt's text. */
    AUTO,
    /** A JSON object, native or an OpenAI Batch line. */
    JSON,
    /** The prompt's text, whatever it begins with. */
    TEXT,
    /** An OpenAI Batch line. */
    OPENAI
}
