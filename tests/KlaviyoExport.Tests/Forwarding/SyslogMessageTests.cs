using System.Text;
using KlaviyoExport.Forwarding;
using KlaviyoExport.People;

namespace KlaviyoExport.Tests.Forwarding;

public sealed class SyslogMessageTests
{
    private const string Forged = "Ana\r\n<13>1 2026-11-22T12:00:00Z host su - - - forged\0\u2028";

    [Fact]
    public void No_text_of_an_entry_and_no_name_of_the_machine_adds_a_message_or_a_field()
    {
        var entry = new AuditEntry
        {
            Action = Forged,
            ActorId = "a",
            ActorName = Forged,
            Subject = Forged,
            From = Forged,
        };

        var message = Encoding.UTF8.GetString(SyslogMessage.Of(entry, "web 1\n\tž"));

        Assert.DoesNotContain(message, char.IsControl);
        Assert.DoesNotContain('\u2028', message);
        Assert.Equal("web1", message.Split(' ')[2]);
        Assert.StartsWith("<109>1 0001-01-01T00:00:00.000000Z web1 klaviyo-export - audit - {", message, StringComparison.Ordinal);
    }
}
