namespace KlaviyoExport.Alerts.Sending;

/// <summary>The result of an attempt to send a message.</summary>
/// <param name="Answer">What the receiver answered: a line of the mail server, or a status of a webhook. Null when it did not answer.
/// Contains no email address.</param>
/// <param name="Fault">Why the message was not sent, for people. Null when it was sent.</param>
public sealed record SendResult(string? Answer, LocalizedMessage? Fault)
{
    public bool IsSent => Fault is null;
}
