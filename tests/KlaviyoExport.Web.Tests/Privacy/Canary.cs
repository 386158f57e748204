using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlaviyoExport.Web.Tests.Privacy;

internal enum CanaryKind
{
    /// <summary>Whoever knows it can act as somebody else.</summary>
    Secret,

    /// <summary>It tells something about a customer.</summary>
    Customer,
}

/// <summary>A text that is planted to see where it appears.</summary>
internal sealed record Canary(string Name, CanaryKind Kind, string Text)
{
    /// <summary>The bytes that contain the text, in every form in which programs write texts down.</summary>
    public IReadOnlyList<byte[]> Forms { get; } = [.. FormsOf(Text).DistinctBy(Convert.ToHexString)];

    private static IEnumerable<byte[]> FormsOf(string text)
    {
        string[] spellings = [text, text.ToUpperInvariant(), text.ToLowerInvariant()];
        foreach (var spelling in spellings.Distinct())
        {
            foreach (var written in Written(spelling).Distinct())
                yield return Encoding.UTF8.GetBytes(written);
            yield return Encoding.Unicode.GetBytes(spelling);
            yield return Encoding.BigEndianUnicode.GetBytes(spelling);
            foreach (var bytes in new[] { Encoding.UTF8.GetBytes(spelling), Encoding.Unicode.GetBytes(spelling) })
                for (var before = 0; before < 3; before++)
                {
                    var packed = Base64(bytes, before);
                    yield return Encoding.ASCII.GetBytes(packed);
                    yield return Encoding.ASCII.GetBytes(packed.Replace('+', '-').Replace('/', '_'));
                }
        }
    }

    private static IEnumerable<string> Written(string text) =>
        [
            text,
            Uri.EscapeDataString(text),
            System.Net.WebUtility.UrlEncode(text),
            System.Net.WebUtility.HtmlEncode(text),
            HtmlEncoder.Default.Encode(text),
            JsonSerializer.Serialize(text).Trim('"'),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text),
            Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
            Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ];

    /// <summary>The characters of base 64 that depend on the bytes alone, when a number of others stand before them.</summary>
    private static string Base64(byte[] bytes, int before)
    {
        var packed = Convert.ToBase64String([.. new byte[before], .. bytes]);
        var first = ((before * 8) + 5) / 6;
        return packed[first..((before + bytes.Length) * 8 / 6)];
    }
}
