using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>How the files of a source are read, where that is not found out.</summary>
internal static class FileShapes
{
    public static ItemShape<DeclaredSource> WithFileReading(this ItemShape<DeclaredSource> shape) =>
        shape
            .WithOptional(
                "delimiter",
                "The field separator of CSV files: one character or “tab”. Default: found out.",
                new TextShape(3, trims: false),
                item => item.Delimiter,
                (item, value) => item with { Delimiter = value },
                IsFile
            )
            .WithOptional(
                "encoding",
                "The encoding of text files. Default: found out.",
                ChoiceShape.Of(TextEncodings.Names),
                item => item.Dialect.Encoding,
                (item, value) => item with { Dialect = item.Dialect with { Encoding = value } },
                IsFile
            )
            .WithOptional(
                "backslashEscapes",
                "Whether a backslash escapes quotes in CSV files. Default: found out.",
                new YesNoShape(),
                item => item.Dialect.HasEscape,
                (item, value) => item with { Dialect = item.Dialect with { HasEscape = value } },
                IsFile
            )
            .WithOptional(
                "linesToSkip",
                "The number of lines or rows above the header. Default: found out.",
                new WholeShape(0, FileDialect.MostLines),
                item => item.Dialect.LinesToSkip,
                (item, value) => item with { Dialect = item.Dialect with { LinesToSkip = value } },
                IsFile
            )
            .WithOptional(
                "comment",
                "One character. Lines that start with it are not read.",
                new TextShape(1),
                item => item.Dialect.Comment,
                (item, value) => item with { Dialect = item.Dialect with { Comment = value } },
                IsFile
            )
            .WithOptional(
                "sheet",
                "The sheet of a workbook. Default: the first one.",
                new TextShape(200),
                item => item.Dialect.Sheet,
                (item, value) => item with { Dialect = item.Dialect with { Sheet = value } },
                IsFile
            );

    private static bool IsFile(DeclaredSource source) => source.Kind.IsFiles();
}
