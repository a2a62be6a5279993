package io.promptroutes.simulator;

/**
 * The text of a simulated answer: the same for the same prompt, model and cap. Immutable; ASCII, so that four letters are a token.
 *
 * @param finishReason {@code length} where the cap cut the text, else {@code stop}
 */
public record Wording(String text, long tokens, String finishReason) {

    private static final int LETTERS_A_TOKEN = 4;

    private static final String[] SENTENCES = {
        " No model has read the prompt, because nothing of it left this machine.",
        " A real answer would take its place here, at the same length and the same price.",
        " The token counts and the cost are computed from the prompt and the price list.",
        " For example, a longer prompt costs more, and a free model costs nothing.",
        " Latency and faults follow the simulator's settings.",
        "\n- First, the request was checked as the real service checks it.",
        "\n- Then a timer ran for as long as an answer takes.",
        " Therefore this text says nothing about the quality of the model.",
    };

    public static Wording of(ChatRequest request, Model model) {
        int hash = request.prompt().hashCode();
        String name = model.id().substring(model.id().indexOf('/') + 1);
        StringBuilder text = new StringBuilder("[simulated] " + name + " answers prompt " + Integer.toHexString(hash) + ".");
        // two to seven sentences, never one twice
        int count = 2 + Math.floorMod(hash, 6);
        int first = Math.floorMod(hash >> 8, SENTENCES.length);
        for (int i = 0; i < count; i++) {
            text.append(SENTENCES[(first + i) % SENTENCES.length]);
        }
        return cut(request.schema().isObject() ? Sample.of(request.schema()).toString() : request.json() ? "{\"simulated\":true,\"answer\":\"" + text.toString().replace('\n', ' ') + "\"}" : text.toString(),
                request.maxTokens());
    }

    private static Wording cut(String text, Long maxTokens) {
        int tokens = (text.length() + LETTERS_A_TOKEN - 1) / LETTERS_A_TOKEN;
        if (maxTokens == null || tokens <= maxTokens) {
            return new Wording(text, tokens, "stop");
        }
        return new Wording(text.substring(0, (int) (maxTokens * LETTERS_A_TOKEN)), maxTokens, "length");
    }
}
