using System.Text;
using QRCoder;

namespace KlaviyoExport.Web.Pages.Account;

/// <summary>Draws QR codes.</summary>
internal static class QrCode
{
    /// <returns>An address with the picture in it, in black on white, also in a dark theme: cameras need the contrast.</returns>
    public static string Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(code.GetGraphic(4)));
    }
}
