using System.Globalization;
using System.Net;
using System.Text;

namespace KlaviyoExport.Alerts.Mail;

/// <summary>Builds the plain text and the HTML of a mail from the same paragraphs.</summary>
internal sealed class LetterText(CultureInfo culture)
{
    private readonly StringBuilder _plain = new();
    private readonly StringBuilder _html = new();

    public string Plain => _plain.ToString();

    public string Html =>
        $"<!doctype html><html lang=\"{culture.Name}\"><head><meta charset=\"utf-8\"></head>"
        + $"<body style=\"font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#1b1b1f\">{_html}</body></html>";

    public LetterText Heading(string text)
    {
        _plain.Append(text).Append("\r\n");
        _html.Append("<h2 style=\"font-size:17px;margin:24px 0 4px\">").Append(Encoded(text)).Append("</h2>");
        return this;
    }

    public LetterText Paragraph(string text)
    {
        _plain.Append(text).Append("\r\n\r\n");
        _html.Append("<p style=\"margin:0 0 12px\">").Append(Encoded(text)).Append("</p>");
        return this;
    }

    /// <summary>Adds a link. Without an address, adds nothing.</summary>
    public LetterText Link(string text, Uri? address)
    {
        if (address is null)
            return this;
        _plain.Append(text).Append(": ").Append(address.AbsoluteUri).Append("\r\n\r\n");
        _html.Append("<p style=\"margin:0 0 12px\"><a href=\"").Append(Encoded(address.AbsoluteUri)).Append("\">");
        _html.Append(Encoded(text)).Append("</a></p>");
        return this;
    }

    /// <summary>Adds a line that separates the content from what follows.</summary>
    public LetterText Rule()
    {
        _plain.Append("-- \r\n");
        _html.Append("<hr style=\"border:0;border-top:1px solid #ccc;margin:24px 0 12px\">");
        return this;
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
