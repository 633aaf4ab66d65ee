// Proleptic Gregorian calendar arithmetic: civil dates from day numbers and back, weekdays, ISO weeks, month steps.
// Everything is constexpr and also checked by static_assert; dates are stored packed in bit-fields.
#include <cstdint>

#define BOTH __host__ __device__ constexpr

enum class Month : uint8_t { Jan = 1, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec };
enum Weekday : int { MON, TUE, WED, THU, FRI, SAT, SUN };

BOTH Month operator+(Month m, int by) {
    const int zero_based = (static_cast<int>(m) - 1 + by % 12 + 12) % 12;
    return static_cast<Month>(zero_based + 1);
}
BOTH bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
BOTH int days_in(int year, Month m) {
    switch (m) {
    case Month::Feb: return 28 + leap(year);
    case Month::Apr:
    case Month::Jun:
    case Month::Sep:
    case Month::Nov: return 30;
    default: return 31;
    }
}

struct Civil {
    int year;
    Month month;
    int day;

    BOTH int64_t days() const {  // since 1970-01-01
        const int m = static_cast<int>(month);
        const int64_t y = year - (m <= 2), era = (y >= 0 ? y : y - 399) / 400;
        const unsigned of_era = static_cast<unsigned>(y - era * 400);
        const unsigned of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + day - 1;
        return era * 146097 + (of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
    }
    static BOTH Civil from_days(int64_t z) {
        z += 719468;
        const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
        const unsigned doe = static_cast<unsigned>(z - era * 146097);
        const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
        const int m = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
        return {static_cast<int>(era * 400 + yoe) + (m <= 2), static_cast<Month>(m),
            static_cast<int>(doy - (153 * mp + 2) / 5 + 1)};
    }
    BOTH Weekday weekday() const {
        const int64_t d = days() + 3;
        return static_cast<Weekday>(d >= 0 ? d % 7 : (d % 7 + 7) % 7);
    }
    BOTH Civil plus_months(int n) const {
        const int total = year * 12 + static_cast<int>(month) - 1 + n;
        const int y = total >= 0 ? total / 12 : -((11 - total) / 12);
        const Month m = month + n;
        const int length = days_in(y, m);
        return {y, m, day < length ? day : length};
    }
    BOTH int ordinal() const {
        int sum = day;
        for (Month m = Month::Jan; m != month; m = m + 1) sum += days_in(year, m);
        return sum;
    }
};
static_assert(Civil{2000, Month::Feb, 29}.days() == 11016);
static_assert(Civil::from_days(-719468).year == 0 && Civil{1970, Month::Jan, 1}.weekday() == THU);
static_assert(Civil{2023, Month::Dec, 31}.plus_months(2).day == 29);

struct IsoWeek {
    int year, week;
    BOTH explicit IsoWeek(const Civil& c) : year(c.year), week((c.ordinal() - c.weekday() + 9) / 7) {
        if (week < 1)
            *this = IsoWeek(Civil{c.year - 1, Month::Dec, 31});
        else if (week == 53 && Civil{c.year, Month::Dec, 31}.weekday() < THU)
            ++year, week = 1;
    }
};

union Packed {
    uint32_t word;
    struct {
        uint32_t day : 5;
        uint32_t month : 4;
        int32_t year : 20;
        uint32_t weekday : 3;
    } field;
};

__device__ Civil easter(int year) {
    const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, g = (8 * b + 13) / 25;
    const int h = (19 * a + b - d - g + 15) % 30, m = (a + 11 * h) / 319,
        r = (2 * e + 2 * (c / 4) - c % 4 - h + m + 32) % 7;
    const int month = (h - m + r + 90) / 25;
    return {year, static_cast<Month>(month), (h - m + r + month + 19) % 32};
}

__global__ void calendar(const int* days, const int16_t* months, uint32_t* packed, int* moved, uint16_t* weeks,
                         uint8_t* ok,
                         int2* easters) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const Civil c = Civil::from_days(days[i]);
    Packed p;
    p.word = 0;
    p.field.day = c.day, p.field.month = static_cast<unsigned>(c.month), p.field.year = c.year;
    p.field.weekday = c.weekday();
    packed[i] = p.word;
    const Civil later = c.plus_months(months[i]);
    moved[i] = static_cast<int>(later.days() - c.days());
    const IsoWeek iso(c);
    weeks[i] = static_cast<uint16_t>(iso.week | (iso.year - c.year + 1) << 8 | c.ordinal() % 64 << 10);
    ok[i] = c.days() == days[i] && p.field.year == c.year &&
        later.weekday() == (days[i] + moved[i] + 3 + 7'000'000) % 7;
    const Civil sunday = easter(1583 + i * 7);
    easters[i] = make_int2(sunday.ordinal(), sunday.weekday());
}
