using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace KlaviyoExport.Sandbox.Pages;

/// <summary>HTML that is safe to send: interpolated values are encoded, unless they are HTML themselves.</summary>
internal readonly record struct Html(string Text)
{
    internal static HtmlEncoder Encoder { get; } = HtmlEncoder.Create(UnicodeRanges.All);

    public static Html None { get; } = new("");

    public static Html Of(ref Handler text) => new(text.ToString());

    /// <summary>For constants only.</summary>
    public static Html Raw(string constant) => new(constant);

    public override string ToString() => Text;

    [InterpolatedStringHandler]
    internal readonly ref struct Handler(int literals, int holes)
    {
        private readonly StringBuilder _text = new(literals + (holes * 16));

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Html html) => _text.Append(html.Text);

        public void AppendFormatted(IEnumerable<Html> parts)
        {
            foreach (var part in parts)
                _text.Append(part.Text);
        }

        public void AppendFormatted(string? value) => _text.Append(Encoder.Encode(value ?? ""));

        public void AppendFormatted(int value) => _text.Append(value.ToString("N0", CultureInfo.InvariantCulture));

        public void AppendFormatted(DateTimeOffset value) =>
            _text.Append(CultureInfo.InvariantCulture, $"<time datetime=\"{value:O}\">{value.UtcDateTime:yyyy-MM-dd HH:mm:ss}</time>");

        public override string ToString() => _text.ToString();
    }
}
