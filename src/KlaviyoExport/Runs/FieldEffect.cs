using System.Text.Json.Serialization;

namespace KlaviyoExport.Runs;

/// <summary>What a run did with a value instead of sending it as it is in the source.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FieldEffect>))]
public enum FieldEffect
{
    /// <summary>Left out, because it does not fit the type of the mapping.</summary>
    Invalid,

    /// <summary>Left out, because a profile before it in the run has the same identifier.</summary>
    TakenInRun,

    /// <summary>Left out, because another profile in Klaviyo has the same identifier.</summary>
    TakenInKlaviyo,

    /// <summary>Left out, because Klaviyo refused the value.</summary>
    Refused,

    /// <summary>Sent in the form that Klaviyo needs: a phone number in E.164, an address without what copying left around it.</summary>
    Repaired,

    /// <summary>The default of the mapping was sent, because the field is empty.</summary>
    Defaulted,

    /// <summary>Sent, although the domain of the address is probably a typing error.</summary>
    LikelyTypo,
}
