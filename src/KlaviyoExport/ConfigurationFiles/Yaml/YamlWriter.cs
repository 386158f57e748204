using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KlaviyoExport.ConfigurationFiles.Yaml;

/// <summary>Writes nodes as YAML. The same nodes always give the same text.</summary>
internal static partial class YamlWriter
{
    private static readonly EmitterSettings Settings = new EmitterSettings(2, int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024)
        .WithIndentedSequences()
        .WithNewLine("\n");

    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

    /// <summary>Writes a document on several lines.</summary>
    public static string Document(YamlNode root) => Write(root, isInline: false);

    /// <summary>Writes a value on one line, for comparison and for people.</summary>
    public static string Line(YamlNode node) => node is YamlScalar scalar ? scalar.Text : Write(node, isInline: true).TrimEnd('\n');

    private static string Write(YamlNode root, bool isInline)
    {
        using var text = new StringWriter();
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, root, isInline);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, YamlNode node, bool isInline)
    {
        switch (node)
        {
            case YamlScalar scalar:
                emitter.Emit(
                    new Scalar(
                        AnchorName.Empty,
                        TagName.Empty,
                        scalar.Text,
                        StyleOf(scalar, isInline),
                        isPlainImplicit: true,
                        isQuotedImplicit: true
                    )
                );
                break;
            case YamlList list:
                emitter.Emit(
                    new SequenceStart(
                        AnchorName.Empty,
                        TagName.Empty,
                        isImplicit: true,
                        isInline ? SequenceStyle.Flow : SequenceStyle.Block
                    )
                );
                foreach (var item in list.Items)
                    Write(emitter, item, isInline);
                emitter.Emit(new SequenceEnd());
                break;
            case YamlMap map:
                isInline |= map.IsInline;
                emitter.Emit(
                    new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, isInline ? MappingStyle.Flow : MappingStyle.Block)
                );
                foreach (var entry in map.Entries)
                {
                    Write(emitter, YamlScalar.Plain(entry.Key), isInline);
                    Write(emitter, entry.Value, isInline);
                }
                emitter.Emit(new MappingEnd());
                break;
        }
    }

    /// <summary>A text with lines is a block, which keeps every character only if no line ends with white space.</summary>
    private static ScalarStyle StyleOf(YamlScalar scalar, bool isInline)
    {
        if (scalar.IsPlain || (Harmless().IsMatch(scalar.Text) && !Words.Contains(scalar.Text, StringComparer.OrdinalIgnoreCase)))
            return ScalarStyle.Plain;
        if (!scalar.Text.Any(char.IsControl))
            return ScalarStyle.SingleQuoted;
        return !isInline && Block().IsMatch(scalar.Text) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted;
    }

    /// <summary>Matches texts that every reader of YAML takes for a text, in every place.</summary>
    [GeneratedRegex(@"\A[\p{L}_/](?:[\p{L}\p{N}_ ./@+()-]*[\p{L}\p{N}_/.)])?\z")]
    private static partial Regex Harmless();

    [GeneratedRegex(@"\A[^\s\p{C}](?:[^\p{C}\u0085\u2028\u2029]*[^\s\p{C}])?(?:\n(?:[^\p{C}\u0085\u2028\u2029]*[^\s\p{C}])?)*(?<!\n)\z")]
    private static partial Regex Block();
}
