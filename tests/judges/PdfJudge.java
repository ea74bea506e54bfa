// Asks the veraPDF library whether files keep a standard: java PdfJudge.java ua1|2a FILE... Exit code 1 where one does not.

import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

class PdfJudge {
    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour standard = PDFAFlavour.fromString(arguments[0]);
        int failures = 0;
        for (String file : java.util.Arrays.asList(arguments).subList(1, arguments.length)) {
            failures += judge(standard, file);
        }
        System.exit(failures == 0 ? 0 : 1);
    }

    private static int judge(PDFAFlavour standard, String file) throws Exception {
        try (FileInputStream bytes = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(bytes, standard)) {
            ValidationResult verdict =
                    Foundries.defaultInstance().createValidator(standard, false).validate(parser);
            Map<String, Integer> broken = new TreeMap<>();
            for (TestAssertion assertion : verdict.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + " test " + assertion.getRuleId().getTestNumber();
                    broken.merge(rule + ": " + assertion.getMessage(), 1, Integer::sum);
                }
            }
            System.out.printf("%s %s: %d checks, %d rules broken%n",
                    standard, file, verdict.getTotalAssertions(), broken.size());
            broken.forEach((rule, times) -> System.out.printf("  %d times %s%n", times, rule));
            return verdict.isCompliant() ? 0 : Math.max(1, broken.size());
        }
    }
}
