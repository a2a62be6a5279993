import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * {@code java MakePrompts FILE COUNT [BAD]}: prompts of about 1 kB, the same ones each time. All ask for a translation, so
 * that all are general ones and the plain loop knows which request the product makes of them. As JSON lines or, where the file's name has
 * .csv in it, as CSV with so many bad rows of several kinds; out of gzip where it ends with .gz.
 */
public final class MakePrompts {

    private static final String[] WORDS = ("garden window river letter morning bread winter street kitchen neighbour train market "
            + "paper bridge cloud station copper blanket harbour candle village orchard lantern saddle pocket meadow carpet thunder ribbon "
            + "walked carried painted opened followed repaired planted borrowed watched found brought mended lifted counted washed "
            + "quiet narrow bright heavy old green gentle crooked warm distant careful wooden early slow round "
            + "the a some every her our this that near behind under across before after with without").split(" ");

    public static void main(String[] args) throws Exception {
        Random random = new Random(20261122);
        int count = Integer.parseInt(args[1]);
        int bad = args.length > 2 ? Integer.parseInt(args[2]) : 0;
        boolean csv = args[0].contains(".csv");
        OutputStream file = Files.newOutputStream(Path.of(args[0]));
        try (OutputStream out = new BufferedOutputStream(args[0].endsWith(".gz") ? new GZIPOutputStream(file) : file)) {
            if (csv) {
                out.write("id,prompt,temperature,metadata\r\n".getBytes(StandardCharsets.UTF_8));
            }
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++) {
                text.setLength(0);
                text.append("Translate the following text into Dutch: ");
                int length = 850 + random.nextInt(300);
                while (text.length() < length) {
                    int words = 6 + random.nextInt(10);
                    for (int w = 0; w < words; w++) {
                        text.append(WORDS[random.nextInt(WORDS.length)]).append(w == words - 1 ? random.nextInt(4) == 0 ? ".\\n" : ". " : " ");
                    }
                }
                String prompt = text.toString().strip();
                long spoilt = (long) i * bad / count;
                int kind = (long) (i + 1) * bad / count > spoilt ? (int) (spoilt % 5) : -1;
                String line = csv ? row(i, prompt.replace("\\n", "\n"), kind) : "{\"id\": \"bench-" + i + "\", \"prompt\": \"" + prompt + "\"}\n";
                out.write(line.getBytes(kind == 4 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
            }
        }
    }

    /** Cells of several lines, as they come; a bad row is open, short, long, not a number where one has to be, or not UTF-8. */
    private static String row(int i, String prompt, int kind) {
        String id = "bench-" + i;
        return id + switch (kind) {
            case 0 -> ",\"never closed,0.5,\r\n";
            case 1 -> ",short\r\n";
            case 2 -> ",long,0.5,,,\r\n";
            case 3 -> ",hot,hot,\r\n";
            case 4 -> ",\u00e9,0.5,\r\n";
            default -> ",\"" + prompt + "\",0.5,\"{\"\"n\"\":" + i + "}\"\r\n";
        };
    }
}
