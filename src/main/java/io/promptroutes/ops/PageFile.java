package io.promptroutes.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.function.Uncheck;
import org.apache.commons.lang3.function.Failable;

/** The page with its figures, styles and scripts in one file, which opens without a network. Stateless. */
public final class PageFile {

    private static final String CHART = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    private PageFile() {
    }

    public static String of(JsonNode usage, JsonNode requests) {
        String css = resource("/io/promptroutes/page/page.css");
        String chart = resource(CHART).replaceAll("\\s*//# sourceMappingURL=\\S*\\s*$", "");
        String script = resource("/io/promptroutes/page/page.js");
        JsonNode data = Json.MAPPER.createObjectNode().<ObjectNode>set("usage", usage).set("requests", requests);
        String policy = "default-src 'none'; style-src " + hash(css) + "; script-src " + hash(chart) + " " + hash(script) + "; img-src data:; base-uri 'none'";
        // in JSON these three stand in strings alone, and nothing else can end a script element
        String json = new String(Json.bytes(data), StandardCharsets.UTF_8).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
        return resource("/io/promptroutes/page/index.html")
                .replace("<meta charset=\"utf-8\">", "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">")
                .replace("<link rel=\"stylesheet\" href=\"page.css\">", "<style>" + css + "</style>")
                .replace("<script src=\"chart.js\" defer></script>", "")
                .replace("<script src=\"page.js\" defer></script>", "")
                .replace("</body>", "<script type=\"application/json\" id=\"data\">" + json + "</script>\n<script>" + chart + "</script>\n<script>" + script
                        + "</script>\n</body>");
    }

    private static String hash(String text) {
        byte[] digest = Failable.get(() -> MessageDigest.getInstance("SHA-256")).digest(text.getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }

    private static String resource(String name) {
        return Uncheck.get(() -> IOUtils.resourceToString(name, StandardCharsets.UTF_8));
    }
}
