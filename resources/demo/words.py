"""Words that names are made of. All of it is invented; addresses of mail and web lie below example.org."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLACE_BEGINNINGS = _words(
    """
    Alder Amber Ash Aspen Bay Birch Bram Briar Cedar Clear Cob Copper Coral Dale Deer Eagle Elder Elm Fal Fen Fern
    Fox Glen Gold Grand Green Haw Hazel Heather Hick Holly Iron Ivy Juniper Kings Lark Laurel Lin Lone Maple Marsh
    Mead Mill Moss North Oak Otter Pine Quail Raven Red River Rose Rush Sage Silver South Spruce Stone Sun Thorn
    Timber Vale Walnut West White Willow Winter Wolf Wren Yarrow
    """
)
PLACE_ENDINGS = _words(
    """
    brook bury field ford gate grove ham hurst land ley mere mont mouth port ridge side stead ton view ville water
    well wick wood worth
    """
)
SCHOOL_MIDDLES = ("", "", "", " North", " Central", " Hill", " Lakeside", " Memorial", " Park", " Valley")
SCHOOL_ENDINGS = (
    "Elementary School",
    "Elementary School",
    "Middle School",
    "High School",
    "Academy",
    "Montessori School",
    "Charter School",
    "Learning Center",
)
STREETS = ("Main Street", "Church Street", "School Road", "Mill Lane", "Park Avenue", "Station Road", "Lake Drive")
STATES = ("CA", "CO", "GA", "IL", "MA", "MI", "MN", "NC", "NY", "OH", "OR", "PA", "TX", "VA", "WA", "WI")
COUNTIES = ("Amberly", "Brookline", "Cedarvale", "Drummond", "Easterly", "Fairhope", "Grantley", "Harrow", "Ivydale")
CUSTOMERS = ("Books", "Catering", "Furniture", "Insurance", "Office Supply", "Software", "Transport", "Uniforms")

FIRST_NAMES = _words(
    """
    Ada Agnes Aisha Alma Amir Ana Anders Anita Anton Arlo Beatriz Ben Bo Carla Carmen Cy Dalia Dana Diego Edda
    Elif Elsa Emil Erik Esther Eva Farah Felix Fiona Frida Gale Gita Greta Hana Hugo Ida Ines Ingrid Iris Ivan
    Jana Jonas Josefa Juno Kai Karin Lars Leila Lena Linus Lola Luis Lydia Mads Maja Marco Mei Mila Mina Nadia
    Nils Nora Olga Omar Otto Paula Petra Pia Quinn Rafael Rita Rosa Ruth Samir Selma Sofia Sven Tamar Theo Tilda
    Uma Vera Wanda Yara Yusuf Zelda Zoë José André Renée Jörg Søren Anaïs
    """
)
LAST_BEGINNINGS = _words(
    """
    Abel Ald Arm Bar Bel Ber Bol Bran Cal Car Cor Dal Dor Dun Ed Eng Fal Far Fen Gar Gil Gran Hal Har Hol Ing Jar
    Kar Kel Kor Lam Lin Lor Mal Mar Mel Mor Nor Ols Or Pal Per Quin Ral Ren Ros Sal San Sel Tam Tor Ul Val Ver Vol
    Wal War Wen Yar Zim
    """
)
LAST_MIDDLES = ("", "a", "e", "i", "o", "en", "er", "in", "on", "ar", "é", "ö", "ñe", "ü")
LAST_ENDINGS = _words(
    """
    by dell der ett gard holm kin ler lund man mark mer ner ock quist ridge sen ski son strom thorpe ton vik way
    well win wood worth wright zak
    """
)
TITLES = (
    "Assistant Principal",
    "Coach",
    "Counselor",
    "Curriculum Director",
    "IT Coordinator",
    "Librarian",
    "Nurse",
    "Principal",
    "Secretary",
    "Superintendent",
    "Teacher",
    "Teacher",
    "Teacher",
)
DEPARTMENTS = ("Administration", "Arts", "English", "Languages", "Mathematics", "Music", "Science", "Sports")
